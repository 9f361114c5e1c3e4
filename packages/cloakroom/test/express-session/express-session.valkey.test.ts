import { clusterHarness, singleHarness } from '../valkey-database.ts'
import { expressSessionCases } from './cases.ts'

expressSessionCases('Valkey', () => singleHarness('node-redis', 'integer'))
expressSessionCases('a Valkey cluster', () => clusterHarness('iovalkey', 'integer'))
