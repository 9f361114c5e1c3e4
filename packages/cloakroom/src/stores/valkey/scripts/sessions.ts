import { endingScript, guardedScript, plainScript, type Script } from './script.ts'

/**
 * `[id, node]` → `[now]`, or `[now, row, everybody, state of the user, state of the impersonator, node]`,
 * the id of this node of a cluster if it is asked for.
 */
export const find: Script = plainScript(`
local row = readSession(ARGV[4])
if not row then return {now} end
local user, impersonator = readState(row[@user]), readState(row[@impersonator])
local node = ARGV[5] and redis.call('CLUSTER', 'MYID')
return {now, row, readEverybody(), user, impersonator, node}
`)

/** `[untouchedForMs, …ids]` → `[touched]`. Needs no answer kept: twice is as once. */
export const touch: Script = guardedScript(`
local untouchedFor = tonumber(ARGV[5])
for position = 6, #ARGV do
  local row = readSession(ARGV[position])
  if row and now - row[@seen] >= untouchedFor then
    row[@seen] = now
    writeSession(ARGV[position], row)
  end
end
return {'touched'}
`)

/** `[id, secretHash, newSecretHash, isAuthenticated, methods]` → `[outcome, strays, …find]`. */
export const rotate: Script = guardedScript(`
local id, secretHash, newSecretHash, isAuthenticated, methods = unpack(ARGV, 5, 9)
local row = readSession(id)
if not row or row[@secretHash] ~= secretHash then return {'absent'} end
local everybody = readEverybody()
local state, impersonator = readState(row[@user]), readState(row[@impersonator])
row[@secretHash] = newSecretHash
row[@previous], row[@nonce], row[@renewed] = nil, nil, nil
if isAuthenticated == '1' then
  row[@authenticated] = now
  row[@methods] = optional(methods)
end
writeSession(id, row)
notify(id, row[@user])
return answer({'rotated', strays, now, row, everybody, state, impersonator})
`)

/** `[id, client, secretHash, newSecretHash, nonce, graceMs]` → `[outcome, strays, …find]`. */
export const renew: Script = guardedScript(`
local id, client, secretHash, newSecretHash, nonce, grace = unpack(ARGV, 5, 10)
local row = readSession(id)
if not row or row[@client] ~= client then return {'absent'} end
local everybody = readEverybody()
local state, impersonator = readState(row[@user]), readState(row[@impersonator])
local isYoung = row[@renewed] and now - row[@renewed] < tonumber(grace)
if row[@secretHash] ~= secretHash or isYoung then
  return {'kept', strays, now, row, everybody, state, impersonator}
end
row[@previous], row[@nonce], row[@renewed] = secretHash, nonce, now
row[@secretHash] = newSecretHash
writeSession(id, row)
notify(id, row[@user])
return answer({'renewed', strays, now, row, everybody, state, impersonator})
`)

/** `[id, version, data]` → `[outcome, strays]`. */
export const update: Script = guardedScript(`
local id, version, data = unpack(ARGV, 5, 7)
local row = readSession(id)
if not row then return {'gone'} end
if row[@dataVersion] ~= tonumber(version) then return {'conflict'} end
row[@data] = data
row[@dataVersion] = row[@dataVersion] + 1
writeSession(id, row)
notify(id, row[@user])
return answer({'updated', strays})
`)

/**
 * `[id, user, familyHash, version]`, of which all but the first may be empty → `[absent]`,
 * `[changed, dataVersion, data]` or `[ended, strays]`.
 */
export const end: Script = endingScript(`
local id, user, familyHash, version = unpack(ARGV, 5, 8)
local row = readSession(id)
if not row then return {'absent'} end
if user ~= '' and row[@user] ~= user then return {'absent'} end
if familyHash ~= '' and row[@familyHash] ~= familyHash then return {'absent'} end
if version ~= '' and row[@dataVersion] ~= tonumber(version) then
  return {'changed', row[@dataVersion], row[@data]}
end
remove(id, row)
return answer({'ended', strays})
`)

/**
 * `[id, user, raisedBy]`: keeps a session whose user's epoch was raised in another slot. A dead one
 * stays dead: it lacks as much as before.
 */
export const restamp: Script = endingScript(`
local id, user, raisedBy = unpack(ARGV, 5, 7)
local row = readSession(id)
if not row or row[@user] ~= user then return {'absent'} end
row[@epoch] = row[@epoch] + tonumber(raisedBy)
writeSession(id, row)
return answer({'kept'})
`)

/** Ends those of the sessions of `KEYS` that are dead by the epoch of everybody → `[_, ids, strays]`. */
export const sweep: Script = endingScript(`
local ended, rows = {}, {}
for position = 2, #KEYS do
  local id = KEYS[position]:sub(-32)
  local row = readSession(id)
  if row and row[@everybody] ~= readEverybody(bucketOf(id)) then
    ended[#ended + 1] = id
    rows[#rows + 1] = row
  end
end
for position, id in ipairs(ended) do remove(id, rows[position]) end
return answer({'swept', ended, strays})
`)

/** Of the sessions of `KEYS` → `[now, all, anonymous, expired]`. */
export const count: Script = plainScript(`
local all, anonymous, expired = 0, 0, 0
for position = 2, #KEYS do
  local row = readSession(KEYS[position]:sub(-32))
  if row then
    all = all + 1
    if not row[@user] then anonymous = anonymous + 1 end
    if row[@expires] <= now then expired = expired + 1 end
  end
end
return {now, all, anonymous, expired}
`)

/** Writes, for the sake of it. */
export const mark: Script = endingScript(`
return answer({'marked'})
`)
