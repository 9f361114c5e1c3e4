import { guardedScript, plainScript, type Script } from './script.ts'

/** `[]` → `[now, version, document]`. */
export const read: Script = plainScript(`
local stored = redis.call('HMGET', KEYS[2], 'version', 'document')
return {now, tonumber(stored[1]) or 0, stored[2] or ''}
`)

/** `[document, version]` → `['written']` or `['conflict']`. */
export const write: Script = guardedScript(`
local document, version = unpack(ARGV, 5, 6)
if (redis.call('HGET', KEYS[2], 'version') or '0') ~= version then return answer({'conflict'}) end
redis.call('HSET', KEYS[2], 'version', version + 1, 'document', document)
return answer({'written'})
`)
