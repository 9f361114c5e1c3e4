import { sqliteFeedHarness } from '../../../test/sqlite-database.ts'
import { feedContract } from '../../testing/index.ts'

feedContract('node:sqlite', (userIdType) => sqliteFeedHarness('node:sqlite', userIdType))
feedContract('better-sqlite3', (userIdType) => sqliteFeedHarness('better-sqlite3', userIdType))
