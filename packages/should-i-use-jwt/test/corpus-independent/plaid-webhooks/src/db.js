'use strict';

const { Kysely, PostgresDialect } = require('kysely');
const { Pool } = require('pg');

module.exports = new Kysely({
  dialect: new PostgresDialect({ pool: new Pool({ connectionString: process.env.DATABASE_URL }) }),
});
