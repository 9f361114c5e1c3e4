import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { slotOf } from '../slot.ts'
import { type Place, toPlace } from './place.ts'
import { allReplicas } from './required-replicas.ts'

const own = '07c37dfeb235213a872192d90877d0cd55635b91'
const other = '67ed2db8d677e59ec4a4cefb06858cf2a1a89fa1'
const unavailable = { code: 'store_unavailable' }

function info(change: Record<string, string> = {}): string {
  const fields = { run_id: 'run', role: 'master', master_replid: 'history', ...change }
  return `# Server\r\n${Object.entries(fields)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('')}`
}

function nodes(slots: string, ...more: string[]): string {
  const lines = [
    `${other} 127.0.0.1:2@12 master - 0 1 2 connected 5461-16383`,
    `${own} 127.0.0.1:1@11,host myself,master - 0 0 1 connected ${slots}`,
  ]
  return `${[...lines, ...more].join('\n')}\n`
}

const replica = (primary: string, flags = 'slave') =>
  `${'a'.repeat(40)} 127.0.0.1:3@13 ${flags} ${primary} 0 1 1 connected`

describe('what a primary says of itself', () => {
  it('is refused of a replica, and where it does not say', () => {
    assert.throws(() => toPlace(info({ role: 'slave' }), undefined), unavailable)
    assert.throws(() => toPlace('', undefined), unavailable)
    assert.throws(() => toPlace('role:master\r\n', undefined), unavailable)
  })

  it('counts replicas that follow, and not those that only begin to', () => {
    const slaves = {
      slave0: 'ip=127.0.0.1,port=1,state=online,offset=1,lag=0',
      slave1: 'ip=127.0.0.1,port=2,state=wait_bgsave,offset=0,lag=0',
      slave10: 'ip=127.0.0.1,port=3,state=online,offset=1,lag=0',
    }
    assert.equal(toPlace(info(slaves), undefined).replicas, 2)
  })

  it('counts in a cluster its own that have failed, too: one may be promoted unnoticed', () => {
    const listed = nodes('0-5460', replica(own), replica(own, 'slave,fail'), replica(other))
    assert.equal(toPlace(info(), listed).replicas, 2)
    assert.equal(toPlace(info(), listed).source, own)
  })

  it('is another place after a restart, a time as a replica, and any change of its slots', () => {
    const versions = [
      toPlace(info(), nodes('0-5460')),
      toPlace(info({ run_id: 'other' }), nodes('0-5460')),
      toPlace(info({ master_replid: 'other' }), nodes('0-5460')),
      toPlace(info(), nodes('0-5459')),
      toPlace(info(), nodes('0-5460 6000')),
      toPlace(info(), nodes(`0-5460 [5460->-${other}]`)),
    ].map(({ version }) => version)
    assert.equal(new Set(versions).size, versions.length)
    assert.equal(toPlace(info(), nodes('0-5460', replica(own))).version, versions[0])
  })

  it('has a bucket whose slot it has, and keeps', () => {
    const { bucket } = toPlace(info(), nodes('0-5460'))
    const slot = slotOf(bucket)
    assert(slot <= 5460)
    const moving = toPlace(info(), nodes(`0-5460 [${slot}->-${other}]`))
    assert.notEqual(moving.bucket, bucket)
    assert.equal(toPlace(info(), nodes(String(slot))).bucket, bucket)
    assert.throws(() => toPlace(info(), nodes('')), unavailable)
  })
})

describe('how many replicas must follow', () => {
  const place = (runId: string, replicas: number): Place => {
    return { source: '', runId, bucket: '000', replicas, version: '' }
  }

  it('is as many as a server has ever had since it was started', () => {
    const required = allReplicas(false)
    const seen = [place('a', 0), place('a', 2), place('a', 0), place('b', 0), place('a', 1)]
    assert.deepEqual(seen.map(required), [0, 2, 2, 0, 2])
  })

  it('is in a cluster what the node lists', () => {
    const required = allReplicas(true)
    assert.deepEqual([place('a', 2), place('a', 1)].map(required), [2, 1])
  })
})
