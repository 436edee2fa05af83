import { lua } from "./lua.ts";

/** As Sidekiq::Client does: the queue's name is made known, and the job pushed. KEYS known queues, queue. ARGV name, job. */
export const SIDEKIQ = lua(`
redis.call('SADD', KEYS[1], ARGV[1])
return redis.call('LPUSH', KEYS[2], ARGV[2])
`);

/**
 * As Dramatiq's enqueue does. KEYS queue, its messages. ARGV id, message. A script that fails in its middle is not rolled
 * back by the server: here and below it takes back itself what it wrote, and says why.
 */
export const DRAMATIQ = lua(`
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local answer = redis.pcall('RPUSH', KEYS[1], ARGV[1])
if type(answer) == 'table' and answer.err then redis.call('HDEL', KEYS[2], ARGV[1]) end
return answer
`);

const HASH = `
if redis.call('EXISTS', KEYS[1]) == 1 then return 'there is a job of this id again; it is left as it is' end
local failed = nil
local function try(...)
  if failed then return nil end
  local answer = redis.pcall(...)
  if type(answer) == 'table' and answer.err then
    failed = answer
    return nil
  end
  return answer
end
local function store(from)
  for at = from, #ARGV, 2 do try('HSET', KEYS[1], ARGV[at], ARGV[at + 1]) end
end
local function done(length)
  if not failed then return length end
  redis.call('DEL', KEYS[1])
  return failed
end
`;

/** As requeueing from RQ's failed registry does. KEYS job, queue, known queues. ARGV id, seconds to live or 0, then the job's hash. */
export const RQ = lua(`${HASH}
store(3)
if tonumber(ARGV[2]) > 0 then try('EXPIRE', KEYS[1], ARGV[2]) end
try('SADD', KEYS[3], KEYS[2])
return done(try('RPUSH', KEYS[2], ARGV[1]))
`);

/**
 * As BullMQ's reprocessJob does: the job waits, a parent that counted it as failed waits for it again, a marker wakes workers
 * unless the queue is paused or full, and the event is told. Version 5 keeps a paused queue's jobs in a list of their own and
 * lets a requeued job's priority go; version 6 does neither. Other versions, and queues that do not tell theirs, are refused:
 * before, markers lay elsewhere. Source: bullmq src/commands/reprocessJob-8.lua (5) and -9.lua (6).
 * KEYS job, wait, paused, active, meta, marker, events, prioritized, priority counter. ARGV id, L or R, then the job's hash.
 */
export const BULLMQ = lua(`${HASH}
local meta = redis.call('HMGET', KEYS[5], 'paused', 'concurrency', 'version', 'opts.maxLenEvents')
local version = meta[3] and string.match(meta[3], '^bullmq[%w-]*:(%d+)%.')
if version ~= '5' and version ~= '6' then return 'the queue does not say that it is of BullMQ 5 or 6, whose way of requeueing is known' end
store(3)
local parent = try('HGET', KEYS[1], 'parentKey')
if parent and try('EXISTS', parent) == 1 then
  local out = redis.call('TYPE', parent .. ':failed').ok == 'zset' and 'ZREM' or 'HDEL'
  local counted = (try('ZREM', parent .. ':unsuccessful', KEYS[1]) or 0) + (try(out, parent .. ':failed', KEYS[1]) or 0)
  if counted > 0 then try('SADD', parent .. ':dependencies', KEYS[1]) end
end
local still = meta[1] or (meta[2] and (try('LLEN', KEYS[4]) or 0) >= tonumber(meta[2]))
if not still then try('ZADD', KEYS[6], 0, '0') end
local priority = version == '6' and tonumber(try('HGET', KEYS[1], 'priority') or 0) or 0
local length
if priority > 0 then
  local count = try('INCR', KEYS[9])
  length = count and try('ZADD', KEYS[8], priority * 0x100000000 + count % 0x100000000, ARGV[1])
else
  length = try(ARGV[2] .. 'PUSH', meta[1] and version == '5' and KEYS[3] or KEYS[2], ARGV[1])
end
if length then redis.pcall('XADD', KEYS[7], 'MAXLEN', '~', meta[4] or 10000, '*', 'event', 'waiting', 'jobId', ARGV[1], 'prev', 'failed') end
return done(length)
`);
