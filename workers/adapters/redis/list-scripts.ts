import { lua } from "./lua.ts";

/**
 * Takes elements into the hash of what is taken, each under an id of its own: it is told from its equals by that id, from now
 * until it is accepted. What an element consists of is written there as netstrings (`<bytes>:<text>`): the element, its
 * score, then names and values of the job's hash. All is written before anything is removed, and what removes is tried on
 * nothing before: a script that is forbidden a command in its middle is not rolled back, and would leave elements twice.
 *
 * KEYS source, arriving, taken. ARGV id prefix, how many, how many bytes, envelope, then `1` where a list, and where a sorted
 * set, may be taken from. Answers the source's type, then ids and values in turn.
 */
export const TAKE = lua(`
local most, room, envelope = tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local found, bytes, count = {}, 0, 0
local function net(text) return #text .. ':' .. text end
local function keep(value)
  if count > 0 and (count >= most or bytes + #value > room) then return false end
  count = count + 1
  bytes = bytes + #value
  local id = ARGV[1] .. ':' .. count
  redis.call('HSET', KEYS[3], id, value)
  found[#found + 1] = id
  found[#found + 1] = value
  return true
end
-- in growing steps: how large elements are is known only once they are read
local function fromList(key)
  if count >= most or redis.call('LLEN', key) == 0 then return end
  redis.call('LTRIM', key, 0, -1)
  local gone, step, full = 0, 1, false
  while count < most and not full do
    local wanted = math.min(step, most - count)
    local elements = redis.call('LRANGE', key, -gone - wanted, -gone - 1)
    for at = #elements, 1, -1 do
      full = not keep(net(elements[at]) .. net(''))
      if full then break end
      gone = gone + 1
    end
    full = full or #elements < wanted
    step = math.min(step * 2, 64)
  end
  if gone > 0 then redis.call('LTRIM', key, 0, -1 - gone) end
end
local function pairsOf(answer)
  local value = ''
  for at = 1, #answer do value = value .. net(answer[at]) end
  return value
end
local function hashOf(member)
  if envelope == 'bullmq' then return string.sub(KEYS[1], 1, -7) .. member end
  if envelope == 'rq' then return string.match(KEYS[1], '^(.-)failed:') .. 'job:' .. member end
end
local function jobOf(member)
  if envelope == 'dramatiq' then
    local message = redis.call('HGET', KEYS[1] .. '.msgs', member)
    return message and net('message') .. net(message) or ''
  end
  local key = hashOf(member)
  if not key then return '' end
  local value = pairsOf(redis.call('HGETALL', key))
  if envelope == 'rq' then
    local newest = redis.pcall('XREVRANGE', string.match(KEYS[1], '^(.-)failed:') .. 'results:' .. member, '+', '-', 'COUNT', 1)
    if not newest.err and newest[1] then
      local fields = newest[1][2]
      for at = 1, #fields, 2 do
        if fields[at] == 'exc_string' then value = value .. net('results/exc_string') .. net(fields[at + 1]) end
      end
    end
  end
  return value
end
local function fromSet(key)
  if count >= most then return end
  local nobody = ARGV[1] .. ':nobody'
  redis.call('ZREM', key, nobody)
  if envelope == 'dramatiq' then redis.call('HDEL', key .. '.msgs', nobody) end
  if hashOf(nobody) then redis.call('DEL', hashOf(nobody)) end
  local step = 1
  while count < most do
    local wanted = math.min(step, most - count)
    local members = redis.call('ZRANGE', key, 0, wanted - 1, 'WITHSCORES')
    for at = 1, #members, 2 do
      local member = members[at]
      if not keep(net(member) .. net(members[at + 1]) .. jobOf(member)) then return end
      redis.call('ZREM', key, member)
      if envelope == 'dramatiq' then redis.call('HDEL', key .. '.msgs', member) end
      local hash = hashOf(member)
      if hash then redis.call('DEL', hash) end
    end
    if #members < wanted * 2 then return end
    step = math.min(step * 2, 64)
  end
end
local kind = redis.call('TYPE', KEYS[1]).ok
fromList(KEYS[2])
if kind == 'list' and ARGV[5] == '1' then fromList(KEYS[1]) elseif kind == 'zset' and ARGV[6] == '1' then fromSet(KEYS[1]) end
table.insert(found, 1, kind)
return found
`);

/** KEYS source, arriving, taken. Answers the source's type, its length, and how many arrive and are taken. */
export const COUNT = lua(`
local kind = redis.call('TYPE', KEYS[1]).ok
local length = 0
if kind == 'list' then length = redis.call('LLEN', KEYS[1]) elseif kind == 'zset' then length = redis.call('ZCARD', KEYS[1]) end
return { kind, length, redis.call('LLEN', KEYS[2]), redis.call('HLEN', KEYS[3]) }
`);
