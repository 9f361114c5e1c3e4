import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseDatabaseUrl } from './database-url.ts'

describe('parseDatabaseUrl', () => {
  it('knows the kinds of databases, and gives drivers the scheme that they know', () => {
    for (const [url, kind, location] of [
      ['app.db', 'sqlite', 'app.db'],
      ['./data/app.sqlite', 'sqlite', './data/app.sqlite'],
      ['C:\\data\\app.db', 'sqlite', 'C:\\data\\app.db'],
      ['sqlite:app.db', 'sqlite', 'app.db'],
      ['sqlite:///srv/app.db', 'sqlite', '/srv/app.db'],
      ['file:/srv/app.db', 'sqlite', '/srv/app.db'],
      ['postgres://db/app', 'postgres', 'postgres://db/app'],
      ['postgresql://db/app', 'postgres', 'postgres://db/app'],
      ['POSTGRES://db/app', 'postgres', 'postgres://db/app'],
      ['mysql://db/app', 'mysql', 'mysql://db/app'],
      ['mariadb://db/app', 'mysql', 'mysql://db/app'],
      ['redis://db', 'valkey', 'redis://db'],
      ['valkey://db', 'valkey', 'redis://db'],
      ['rediss://db', 'valkey', 'rediss://db'],
      ['valkeys://db', 'valkey', 'rediss://db'],
    ] as const) {
      const parsed = parseDatabaseUrl(url)
      assert.deepEqual([parsed.kind, parsed.location], [kind, location], url)
    }
  })

  it('has a name for people, without the password and without parameters', () => {
    const { name, hasPassword } = parseDatabaseUrl(
      'postgres://app:hunter%402@db.example:5433/shop?sslmode=require',
    )
    assert.equal(name, 'postgres://app@db.example:5433/shop')
    assert.equal(hasPassword, true)
    assert.equal(parseDatabaseUrl('postgres://app@db/shop').hasPassword, false)
    assert.equal(parseDatabaseUrl('postgres://db/shop?password=hunter2').hasPassword, true)
    assert.equal(parseDatabaseUrl('valkey://:hunter2@db:6379').name, 'valkey://db:6379')
  })

  it('refuses what is no URL, without repeating it', () => {
    for (const url of [
      'oracle://u:hunter2@h',
      'postgres:hunter2',
      'mysql://u:hunter2@h:port/d',
      // Not encoded, the password begins as a port, and goes on as path, parameter or fragment.
      'postgres://u:12/hunter2@h/d',
      'postgres://u:12?hunter2@h/d',
      'postgres://u:12#hunter2@h/d',
      'valkey://:12/hunter2@h',
    ]) {
      assert.throws(
        () => parseDatabaseUrl(url),
        ({ code, message }) => code === 'usage' && !message.includes('hunter2'),
      )
    }
  })
})
