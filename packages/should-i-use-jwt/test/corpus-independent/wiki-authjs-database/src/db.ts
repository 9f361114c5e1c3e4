import { drizzle } from 'drizzle-orm/postgres-js'
import { pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import postgres from 'postgres'

export const pages = pgTable('pages', {
  slug: text('slug').primaryKey(),
  body: text('body').notNull(),
  editedBy: text('edited_by').notNull(),
  editedAt: timestamp('edited_at').notNull().defaultNow(),
})

export const db = drizzle(postgres(process.env.DATABASE_URL!))
