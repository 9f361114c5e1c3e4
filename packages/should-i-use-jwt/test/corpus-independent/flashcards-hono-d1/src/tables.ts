import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const learners = sqliteTable('learners', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  username: text('username').notNull().unique(),
  pwd: text('pwd').notNull(),
  salt: text('salt').notNull(),
})

export const devices = sqliteTable('devices', {
  refreshToken: text('refresh_token').primaryKey(),
  learnerId: integer('learner_id').notNull().references(() => learners.id),
})

export const cards = sqliteTable('cards', {
  id: integer('id').primaryKey({ autoIncrement: true }),
  learnerId: integer('learner_id').notNull().references(() => learners.id),
  front: text('front').notNull(),
  back: text('back').notNull(),
})
