import { sqliteHarness } from '../sqlite-database.ts'
import { expressSessionCases } from './cases.ts'

expressSessionCases('SQLite', () => sqliteHarness('node:sqlite', 'integer'))
