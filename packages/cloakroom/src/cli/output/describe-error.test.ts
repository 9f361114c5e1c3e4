import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { CloakroomError } from '../../errors.ts'
import { CommandError } from '../command-error.ts'
import { describeError } from './describe-error.ts'

/** As Node's own, which tried several addresses. */
function silent(properties: object): Error {
  return Object.assign(new Error('silent'), { message: '' }, properties)
}

describe('describeError', () => {
  it('says why the database did not answer, as the driver tells it', () => {
    const attempts = [new Error('connect ECONNREFUSED ::1:5432'), new Error('connect 127.0.0.1')]
    const cause = silent({
      cause: Object.assign(new AggregateError(attempts, 'x'), { message: '' }),
    })
    assert.equal(
      describeError(new CloakroomError('store_unavailable', 'PostgreSQL failed.', { cause })),
      'cloakroom: PostgreSQL failed (store_unavailable)\n  connect ECONNREFUSED ::1:5432\n  connect 127.0.0.1',
    )
    const coded = silent({ code: 'ECONNREFUSED' })
    assert.equal(
      describeError(new CloakroomError('store_unavailable', 'Valkey failed.', { cause: coded })),
      'cloakroom: Valkey failed (store_unavailable)\n  ECONNREFUSED',
    )
  })

  it('knows the error of another copy of the library', () => {
    const foreign = Object.assign(new Error('Run migrate.'), {
      name: 'CloakroomError',
      code: 'schema_missing',
    })
    assert.equal(describeError(foreign), 'cloakroom: Run migrate (schema_missing)')
  })

  it('points to the help after a slip, and shows where a defect is', () => {
    assert.match(
      describeError(new CommandError('usage', 'No.')),
      /No \(usage\)\nnpx cloakroom --help/,
    )
    assert.match(describeError(new Error('oops')), /^cloakroom failed: Error: oops\n +at /)
  })

  it('shows no password, and no control characters', () => {
    const error = new CommandError('config', 'no postgres://app:hunter2@db \x1b[2J\nnext line')
    assert.equal(
      describeError(error),
      'cloakroom: no postgres://app:***@db \\u001b[2J\nnext line (config)',
    )
  })
})
