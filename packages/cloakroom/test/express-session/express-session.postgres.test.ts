import { postgresHarness } from '../postgres-database.ts'
import { expressSessionCases } from './cases.ts'

expressSessionCases('PostgreSQL', () => postgresHarness('pg', 'integer'))
