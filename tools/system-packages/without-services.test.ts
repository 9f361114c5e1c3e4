import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { withTemporaryTree } from '../testing/temporary-tree.ts'
import { withoutServices } from './without-services.ts'

describe('while packages are installed', () => {
  it('whoever asks is told to start no service, and not afterwards', () => {
    withTemporaryTree({}, (folder) => {
      const policy = join(folder, 'policy-rc.d')
      const ask = () => spawnSync(policy, ['nginx', 'start']).status
      assert.equal(withoutServices(ask, policy), 101)
      assert.equal(existsSync(policy), false)
      const fail = () => assert.fail('apt failed')
      assert.throws(() => withoutServices(fail, policy), /apt failed/)
      assert.equal(existsSync(policy), false)
    })
  })

  it('a policy that is there stays', () => {
    withTemporaryTree({ 'policy-rc.d': 'mine' }, (folder) => {
      const policy = join(folder, 'policy-rc.d')
      const read = () => readFileSync(policy, 'utf8')
      assert.equal(withoutServices(read, policy), 'mine')
      assert.equal(read(), 'mine')
    })
  })
})
