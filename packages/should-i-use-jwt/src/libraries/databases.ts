// Which calls ask a database, by library: the path of the called function in its package.

export interface Database {
  readonly name: string
  readonly packages: RegExp
  readonly queries: RegExp
}

const reads = 'find|get|count|exist|aggregate|distinct|query|search'
const writes = 'create|insert|update|upsert|delete|remove|destroy|save|replace|increment|restore'
const active = `(?:\\.|^)(?:${reads}|${writes}|bulk|truncate|raw|reload|populate|group|sum|min|max)\\w*$`

export const databases: readonly Database[] = [
  {
    name: 'Prisma',
    packages: /^@prisma\/client/,
    queries:
      /(?:PrismaClient|TransactionClient)\(\)(?:.*)\.(?:find|create|update|upsert|delete|count|aggregate|groupBy|\$query|\$execute|\$transaction)\w*$/,
  },
  {
    name: 'Drizzle',
    packages: /^drizzle-orm/,
    queries:
      /(?:drizzle|Database|Transaction)\(\).*\.(?:select|selectDistinct|insert|update|delete|execute|transaction|\$count|findMany|findFirst|run|all|get|batch)$/,
  },
  {
    name: 'TypeORM',
    packages: /^(?:typeorm|@nestjs\/typeorm)$/,
    queries: new RegExp(
      `(?:Repository|DataSource|EntityManager|getManager|createConnection|getConnection|BaseEntity)(?:\\(\\))?.*(?:${active}|\\.(?:createQueryBuilder|softDelete|softRemove|transaction|preload)$)`,
    ),
  },
  {
    name: 'Sequelize',
    packages: /^(?:sequelize|sequelize-typescript|@sequelize\/core)$/,
    queries: new RegExp(`(?:Model|define\\(\\)|Sequelize\\(\\)|models\\.\\w+).*${active}`),
  },
  {
    name: 'Mongoose',
    packages: /^(?:mongoose|@nestjs\/mongoose)$/,
    queries: new RegExp(`(?:[mM]odel\\(\\)|Model|models\\.\\w+|Document\\(\\)).*${active}`),
  },
  {
    name: 'Knex',
    packages: /^knex$/,
    queries: /\(\)$|\(\).*\.(?:select|from|raw|table|transaction|first|insert|where)$/,
  },
  {
    name: 'Kysely',
    packages: /^kysely/,
    queries: /\(\).*\.(?:selectFrom|insertInto|updateTable|deleteFrom|replaceInto|mergeInto)$/,
  },
  {
    name: 'PostgreSQL',
    packages:
      /^(?:pg|pg-promise|@vercel\/postgres|@neondatabase\/serverless|slonik|@electric-sql\/pglite)$/,
    queries:
      /(?:\(\)|^)(?:\.\w+)*\.?(?:query|sql|one|oneOrNone|any|many|manyOrNone|none|maybeOne|exists)$|^(?:neon|sql)(?:\(\))?$/,
  },
  { name: 'postgres.js', packages: /^postgres$/, queries: /^\(\)(?:\.(?:unsafe|begin))?$/ },
  {
    name: 'MySQL',
    packages: /^(?:mysql2?|mysql2\/promise|promise-mysql|mariadb|serverless-mysql)$/,
    queries: /(?:\(\)|#\d\)).*\.(?:query|execute)$/,
  },
  {
    name: 'SQLite',
    packages:
      /^(?:better-sqlite3|sqlite|sqlite3|node:sqlite|bun:sqlite|@libsql\/client|libsql)(?:\/.*)?$/,
    queries: /\(\).*\.(?:prepare|exec|run|get|all|each|iterate|query|execute|batch|transaction)$/,
  },
  {
    name: 'MongoDB',
    packages: /^(?:mongodb|monk|mongojs|@fastify\/mongodb)$/,
    queries: new RegExp(`(?:collection\\(\\)|Collection\\(\\)).*${active}`),
  },
  {
    name: 'Redis',
    packages:
      /^(?:ioredis|redis|iovalkey|@redis\/client|@upstash\/redis|@vercel\/kv|keyv|cache-manager|@nestjs-modules\/ioredis|@liaoliaots\/nestjs-redis)$/,
    queries:
      /(?:^|\.|\))\.?(?:get|set|setex|setEx|setnx|setNX|psetex|del|unlink|exists|has|delete|expire|ttl|incr|decr|hget|hset|hGet|hSet|hgetall|hGetAll|hdel|hDel|hexists|hExists|mget|mGet|sadd|sAdd|srem|sRem|sismember|sIsMember|smembers|sMembers|zadd|zAdd|zscore|zScore|getdel|getDel|keys|scan|eval|multi|pipeline)$/,
  },
  {
    name: 'Supabase',
    packages: /^@supabase\/supabase-js$/,
    queries: /createClient\(\)(?:\.schema\(\))?\.(?:from|rpc)$/,
  },
  {
    name: 'Firestore',
    packages: /^(?:firebase-admin|@google-cloud\/firestore)/,
    queries: /\.(?:doc|collection|where)\(\).*\.(?:get|set|add|update|delete)$/,
  },
  {
    name: 'DynamoDB',
    packages: /^@aws-sdk\/(?:client|lib)-dynamodb$/,
    queries:
      /(?:DynamoDBClient|DynamoDBDocument|DynamoDBDocumentClient\.from)\(\)\.(?:send|get|put|query|update|delete|scan)$/,
  },
  // Plugins that hang a client on the application.
  {
    name: 'a plugin of Fastify',
    packages: /^fastify$/,
    queries: /\.(?:pg|mysql|mongo|redis|sqlite|knex|prisma|kysely)\..*\w+$/,
  },
  // Cloudflare's D1 and KV, by the bindings of a Worker.
  {
    name: 'a binding of a Worker',
    packages: /^hono$/,
    queries: /\.env\.\w+\.(?:prepare|batch|get|put|delete|list)$/,
  },
  {
    name: 'D1',
    packages: /^global$/,
    queries: /^(?:D1Database|KVNamespace)\(\)\.(?:prepare|batch|get|put|delete|list)$/,
  },
]
