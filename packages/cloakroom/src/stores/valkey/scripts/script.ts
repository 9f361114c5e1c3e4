import { createHash } from 'node:crypto'
import { expiredForMs, field } from '../row.ts'

/** A Lua script, which the server runs as a whole or not at all. */
export interface Script {
  readonly text: string
  /** What the server calls it once it has it. */
  readonly sha: string
  /** Whether a call of it must count once only, and only as long as somebody waits for it. */
  readonly isGuarded: boolean
}

/**
 * What every script begins with. `home` is the bucket whose slot the script runs in: in a cluster
 * only what is near may be touched, and the caller does the rest in other slots.
 *
 * Keys that follow from a row (those of its user) cannot be declared by who knows only its id. All are in
 * the slot of the declared ones, of which `KEYS[1]` is not there before the script: so while the slot is
 * being moved to another server, and only a part of its keys has arrived, both servers refuse to begin
 * (TRYAGAIN). What a script does not find does not exist.
 */
const names = `
local prefix, isAlone, home = ARGV[1], ARGV[2] == '1', ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function optional(text) return text ~= '' and text end
local function bucketOf(id) return id:sub(14, 16) end
local function isNear(bucket) return isAlone or bucket == home end
local function sessionKey(id) return prefix .. 's:{' .. bucketOf(id) .. '}:' .. id end
local function userKey(kind, user)
  return prefix .. kind .. ':{' .. user:sub(1, 3) .. '}:' .. user:sub(4)
end

local function readSession(id)
  local packed = redis.call('GET', sessionKey(id))
  return packed and cmsgpack.unpack(packed)
end

-- Epoch, and since when the user is blocked. False for nobody, and for who is not near.
local function readState(user)
  if not user or not isNear(user:sub(1, 3)) then return false end
  return redis.call('HMGET', userKey('u', user), 'epoch', 'blocked')
end

-- Removes the expired sessions of an index that are near -> how many, and the ids of the others.
local function purge(index)
  local removed, far = 0, {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', index, '-inf', string.format('%.0f', now))) do
    if isNear(bucketOf(id)) then
      removed = removed + redis.call('DEL', sessionKey(id))
      redis.call('ZREM', index, id)
    else
      far[#far + 1] = id
    end
  end
  return removed, far
end

local function readEverybody(bucket)
  return tonumber(redis.call('GET', prefix .. 'all:{' .. (bucket or home) .. '}') or 0)
end
`

/**
 * What guarded scripts begin with. Drivers send a command again when a connection breaks before its
 * reply, and late when there was none: so each call names itself and the time after which nobody waits
 * for it. Until then its answer is kept, and given again.
 */
const guard = `
local deadline = tonumber(ARGV[4])
if now >= deadline then return {'late', now} end
local answered = redis.call('GET', KEYS[1])
if answered then return cmsgpack.unpack(answered) end
local function answer(reply)
  redis.call('SET', KEYS[1], cmsgpack.pack(reply), 'PXAT', deadline)
  return reply
end

local function writeSession(id, row)
  redis.call('SET', sessionKey(id), cmsgpack.pack(row), 'PXAT', row[@expires] + ${expiredForMs})
end

-- Users who are not near, each with the session of theirs that has changed or ended.
local strays = {}

-- Tells of a change to a session. Never makes the user's hash: without an epoch it must not be.
local function notify(id, user)
  if not user then return end
  if not isNear(user:sub(1, 3)) then
    strays[#strays + 1] = user
    strays[#strays + 1] = id
  elseif redis.call('EXISTS', userKey('u', user)) == 1 then
    redis.call('HINCRBY', userKey('u', user), 'v', 1)
  end
end

local function remove(id, row)
  local user = row[@user]
  redis.call('DEL', sessionKey(id))
  if user and isNear(user:sub(1, 3)) then redis.call('ZREM', userKey('i', user), id) end
  notify(id, user)
end
`

/** A script that does no harm when it is run twice, or late. It answers with the time, first. */
export function plainScript(body: string): Script {
  return toScript(names + body, false)
}

/** A script that writes. If there is no memory left it does not begin, rather than fail half way. */
export function guardedScript(body: string): Script {
  return toScript(`#!lua${names}${guard}${body}`, true)
}

/** One that ends sessions: it runs all the same, so that a full memory keeps nobody signed in. */
export function endingScript(body: string): Script {
  return toScript(`#!lua flags=allow-oom${names}${guard}${body}`, true)
}

function toScript(source: string, isGuarded: boolean): Script {
  const text = source.replace(/@(\w+)/g, (_, name: keyof typeof field) => {
    if (field[name] === undefined) throw new TypeError(`A row has no ${name}`)
    return String(field[name])
  })
  return Object.freeze({ text, sha: createHash('sha1').update(text).digest('hex'), isGuarded })
}
