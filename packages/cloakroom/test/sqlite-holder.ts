// A process that takes the write lock of an SQLite file and keeps it for a while. Started by
// sqlite-lock.test.ts; prints a line when it has the lock.
import { DatabaseSync } from 'node:sqlite'

const [, , file, milliseconds] = process.argv as [string, string, string, string]
const database = new DatabaseSync(file)
database.exec('begin immediate; update users set name = name')
process.stdout.write('locked\n')
setTimeout(() => {
  database.exec('commit')
  database.close()
}, Number(milliseconds))
