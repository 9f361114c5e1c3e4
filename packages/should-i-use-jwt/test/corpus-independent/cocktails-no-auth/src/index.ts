import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { logger } from 'hono/logger'
import { cocktails } from './cocktails.js'

const app = new Hono().use(logger()).route('/cocktails', cocktails)

serve({ fetch: app.fetch, port: 3000 })
