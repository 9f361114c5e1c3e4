import { endingScript, guardedScript, plainScript, type Script } from './script.ts'

/**
 * `[user, lifetimeMs]` → `[now, epoch, epoch of everybody, blocked since]`. Begins the epoch of whom there
 * was none with the time: should it be forgotten, by expiry or eviction, the next one is higher.
 */
export const epoch: Script = plainScript(`
local user, lifetime = unpack(ARGV, 4, 5)
local key = userKey('u', user)
local state = redis.call('HMGET', key, 'epoch', 'blocked')
if not state[1] then
  redis.call('HSET', key, 'epoch', now, 'v', 0)
  redis.call('PEXPIRE', key, lifetime)
  state[1] = now
end
return {now, tonumber(state[1]), readEverybody(), state[2]}
`)

/**
 * `[user, except, isBlock, lifetimeMs]` → `[_, ended, far, raisedBy]`: raises the epoch and ends the
 * sessions near by. Those far away are dead; their rows are the caller's to remove, and the exception
 * to stamp again.
 */
export const revoke: Script = endingScript(`
local user, except, isBlock, lifetime = unpack(ARGV, 5, 8)
local key, index = userKey('u', user), userKey('i', user)
local state = redis.call('HMGET', key, 'epoch', 'blocked')
local before = tonumber(state[1]) or 0
local epoch = math.max(before + 1, now)
local everybody = readEverybody()

local function isLive(row)
  if row[@expires] <= now then return false end
  local impersonator = row[@impersonator]
  local expected = before
  if impersonator then
    -- Of one far away nothing is known; then the stamp leaves a dead session dead.
    if not isNear(impersonator:sub(1, 3)) then return true end
    expected = expected + (tonumber(readState(impersonator)[1]) or 0)
  end
  return row[@epoch] == expected and row[@everybody] == everybody
end

local kept = except ~= '' and isNear(bucketOf(except)) and readSession(except)
if kept and not (kept[@user] == user and isLive(kept)) then kept = false end
local ended, far, gone = {}, {}, {}
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  if not isNear(bucketOf(id)) then
    if id ~= except then far[#far + 1] = id end
  elseif not (kept and id == except) then
    gone[#gone + 1] = id
    local row = readSession(id)
    if row and row[@user] == user then ended[#ended + 1] = id end
  end
end

redis.call('HSET', key, 'epoch', epoch)
redis.call('HINCRBY', key, 'v', 1)
if isBlock == '1' then
  redis.call('HSETNX', key, 'blocked', now)
  redis.call('PERSIST', key)
elseif not state[1] then
  redis.call('PEXPIRE', key, lifetime)
end
for _, id in ipairs(ended) do redis.call('DEL', sessionKey(id)) end
for _, id in ipairs(gone) do redis.call('ZREM', index, id) end
for _, id in ipairs(far) do redis.call('ZREM', index, id) end
if kept then
  kept[@epoch] = kept[@epoch] + epoch - before
  writeSession(except, kept)
end
return answer({'revoked', ended, far, epoch - before})
`)

/** `[user, lifetimeMs]`. Does nothing to whom is not blocked: a higher epoch would end sessions. */
export const unblock: Script = guardedScript(`
local user, lifetime = unpack(ARGV, 5, 6)
local key = userKey('u', user)
local state = redis.call('HMGET', key, 'epoch', 'blocked')
if state[2] then
  redis.call('HDEL', key, 'blocked')
  redis.call('HSET', key, 'epoch', math.max(tonumber(state[1]) + 1, now))
  redis.call('HINCRBY', key, 'v', 1)
  redis.call('PEXPIRE', key, lifetime)
end
return answer({'unblocked'})
`)

/**
 * `[user]` → `[now, everybody, state, […[id, row, state of the impersonator]], ids far away]`. Ids
 * whose sessions are gone leave the index; whether one far away is there is not to be seen from here.
 */
export const list: Script = plainScript(`
local user = ARGV[4]
local index = userKey('i', user)
purge(index)
local rows, far = {}, {}
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
  if not isNear(bucketOf(id)) then
    far[#far + 1] = id
  else
    local row = readSession(id)
    if row and row[@user] == user then
      rows[#rows + 1] = {id, row, readState(row[@impersonator])}
    else
      redis.call('ZREM', index, id)
    end
  end
end
return {now, readEverybody(), readState(user), rows, far}
`)

/** `[user, …ids]`: sessions elsewhere have changed, and these have ended. */
export const forget: Script = endingScript(`
local user = ARGV[5]
for position = 6, #ARGV do redis.call('ZREM', userKey('i', user), ARGV[position]) end
notify('', user)
return answer({'forgotten'})
`)

/**
 * `[epoch, first, last]` → `[_, epoch]`: raises the epoch of everybody in these buckets to at least
 * this one. Empty: to one that is higher than any there was. That is begun in the first bucket, always,
 * so that no other is ever ahead of it.
 */
export const raiseEverybody: Script = endingScript(`
local given, first, last = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local epoch = given or math.max(readEverybody() + 1, now)
for bucket = first, last do
  local name = string.format('%03x', bucket)
  if readEverybody(name) < epoch then redis.call('SET', prefix .. 'all:{' .. name .. '}', epoch) end
end
-- To raise it twice to the same does no harm.
return given and {'raised', epoch} or answer({'raised', epoch})
`)

/** Removes what has expired by the indexes of `KEYS` → `[_, how many, …[index, …ids far away]]`. */
export const tidy: Script = endingScript(`
local removed, far = 0, {}
for position = 2, #KEYS do
  local count, ids = purge(KEYS[position])
  removed = removed + count
  if #ids > 0 then far[#far + 1] = {KEYS[position], unpack(ids, 1, math.min(#ids, 1000))} end
end
return answer({'tidied', removed, unpack(far)})
`)

/** Of the users of `KEYS` → `[now, how many are blocked]`. */
export const countBlocked: Script = plainScript(`
local blocked = 0
for position = 2, #KEYS do
  blocked = blocked + redis.call('HEXISTS', KEYS[position], 'blocked')
end
return {now, blocked}
`)
