import { guardedScript, type Script } from './script.ts'

/** What the two ways to begin a session have in common. */
const admission = `
-- The sum of the epochs of the user and the impersonator, or nil if the user was blocked, signed out
-- since, or forgotten.
local function admit(user, impersonatorEpoch, wanted, everybody)
  local sum = impersonatorEpoch
  if user then
    local state = readState(user)
    if state[2] or (wanted and not state[1]) then return nil end
    sum = sum + (tonumber(state[1]) or now)
  end
  if wanted and sum + everybody ~= wanted then return nil end
  return sum
end

-- The oldest of the user's live sessions, as many as are in the way of one more. Of those far away
-- the caller tells in \`known\` when they began, or 0 for the dead; about others it is asked.
local function findSurplus(user, leaving, epoch, everybody, cap, known)
  local live, unknown = {}, {}
  local function isCounted(row)
    local lifetime = row[@persistent] == 1 and cap.absolute or cap.nonPersistent
    return row[@user] == user and not row[@impersonator] and not row[@client]
      and row[@epoch] == epoch and row[@everybody] == everybody
      and now < row[@created] + lifetime and now < row[@seen] + cap.idle
  end
  local ids = redis.call('ZRANGEBYSCORE', userKey('i', user), string.format('(%.0f', now), '+inf')
  for _, id in ipairs(ids) do
    if id == leaving then
      -- It makes room.
    elseif isNear(bucketOf(id)) then
      local row = readSession(id)
      if row and isCounted(row) then
        live[#live + 1] = {id = id, created = row[@created], row = row}
      end
    elseif not known[id] then
      unknown[#unknown + 1] = id
    elseif known[id] > 0 then
      live[#live + 1] = {id = id, created = known[id]}
    end
  end
  table.sort(live, function(a, b)
    if a.created ~= b.created then return a.created < b.created end
    return a.id < b.id
  end)
  local surplus = {}
  for position = 1, #live - cap.limit + 1 do surplus[position] = live[position] end
  return surplus, unknown
end

-- \`limit, whenReached, idle, absolute, nonPersistent, …pairs of id and when it began\`
local function readCap(first)
  local limit, whenReached, idle, absolute, nonPersistent = unpack(ARGV, first, first + 4)
  if not limit then return nil end
  local known = {}
  for position = first + 5, #ARGV, 2 do known[ARGV[position]] = tonumber(ARGV[position + 1]) end
  return {
    limit = tonumber(limit), isRefused = whenReached == 'refuse', idle = tonumber(idle),
    absolute = tonumber(absolute), nonPersistent = tonumber(nonPersistent)
  }, known
end

-- Puts the session into its user's index. The user's hash outlives the session, by far, so that
-- hardly any sign-in writes it.
local function enter(user, id, expires)
  local key, index = userKey('u', user), userKey('i', user)
  local left = redis.call('PTTL', key)
  if left == -2 then redis.call('HSET', key, 'epoch', now, 'v', 0) end
  if left ~= -1 and left < expires - now then
    redis.call('PEXPIREAT', key, expires + 30 * 86400000)
  end
  purge(index)
  redis.call('ZADD', index, expires, id)
  redis.call('PEXPIREAT', index, redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')[2])
end
`

/**
 * Begins a session → `[outcome]`, `[unknown, ids]` or `[created, now, row, removed, far, strays]`.
 * With `admitted`, the epochs of a user far away, its index has the session already.
 */
export const create: Script = guardedScript(`${admission}
local id, secretHash, familyHash, user, impersonator, wanted, client = unpack(ARGV, 5, 11)
local lifetime, persistent, authenticated, methods, ip, device, data = unpack(ARGV, 12, 18)
local mintedAt, maxSkew, isActive, admitted, admittedEverybody = unpack(ARGV, 19, 23)
local impersonatorEpoch, replacedId, replacedFamily, carries, version = unpack(ARGV, 24, 28)
local leaving, dataVersion = ARGV[29], tonumber(ARGV[30])
local cap, known = readCap(31)
user, impersonator, wanted = optional(user), optional(impersonator), tonumber(wanted)
admitted, version = tonumber(admitted), tonumber(version)

if maxSkew ~= '' and math.abs(mintedAt - now) > tonumber(maxSkew) then return {'clock_skew'} end
local everybody = readEverybody()
local epoch = admitted or admit(user, tonumber(impersonatorEpoch), wanted, everybody)
if not epoch then return {'superseded'} end
if admitted and everybody ~= tonumber(admittedEverybody) then return {'superseded'} end
if isActive ~= '1' then return {'inactive'} end

local old = replacedId ~= '' and readSession(replacedId)
if old and old[@familyHash] ~= replacedFamily then old = false end
if version and not (old and old[@dataVersion] == version) then return {'conflict'} end
if readSession(id) and not (old and replacedId == id) then return {'taken'} end
if old then leaving = replacedId end

local surplus = {}
if cap and user and not admitted then
  local unknown
  surplus, unknown = findSurplus(user, leaving, epoch - impersonatorEpoch, everybody, cap, known)
  if #unknown > 0 then return {'unknown', unknown} end
  if #surplus > 0 and cap.isRefused then return {'too_many'} end
end

local removed, far = {}, {}
for _, session in ipairs(surplus) do
  if session.row then
    remove(session.id, session.row)
    removed[#removed + 1] = session.id
  else
    far[#far + 1] = session.id
  end
end
if old then
  remove(replacedId, old)
  removed[#removed + 1] = replacedId
  if carries == '1' then data = old[@data] end
end
local expires = now + tonumber(lifetime)
if user and not admitted then enter(user, id, expires) end
local row = {
  secretHash, familyHash, user, impersonator, epoch, everybody, optional(client),
  now, now, expires, tonumber(persistent), authenticated == '1' and now,
  optional(methods), optional(ip), optional(device), data, dataVersion
}
writeSession(id, row)
return answer({'created', now, row, removed, far, strays})
`)

/**
 * The user's part of a session that is to be elsewhere → `[outcome]`, `[unknown, ids]` or
 * `[admitted, epoch, everybody, surplus]`. Ends nothing: the session may yet be refused.
 */
export const admit: Script = guardedScript(`${admission}
local id, user, impersonatorEpoch, wanted, lifetime, isActive, leaving = unpack(ARGV, 5, 11)
local cap, known = readCap(12)

local everybody = readEverybody()
local epoch = admit(user, tonumber(impersonatorEpoch), tonumber(wanted), everybody)
if not epoch then return {'superseded'} end
if isActive ~= '1' then return {'inactive'} end
local surplus = {}
if cap then
  local found, unknown = findSurplus(user, leaving, epoch - impersonatorEpoch, everybody, cap, known)
  if #unknown > 0 then return {'unknown', unknown} end
  if #found > 0 and cap.isRefused then return {'too_many'} end
  for position, session in ipairs(found) do surplus[position] = session.id end
end
enter(user, id, now + tonumber(lifetime))
return answer({'admitted', epoch, everybody, surplus})
`)
