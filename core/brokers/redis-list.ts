import { z } from "zod";
import { defineManifest } from "./manifest.ts";
import { redisForm, redisSecrets, redisSettings } from "./redis.ts";

/** Libraries whose way of keeping jobs in Redis is documented; `plain` is a list of anything. */
const ENVELOPES = ["plain", "celery", "sidekiq", "dramatiq", "rq", "bullmq"] as const;

const key = z.string().min(1).max(1_024);
/** RFC 6901; empty is the whole element. */
const pointer = z.string().regex(/^(?:\/(?:[^~/]|~[01])*)*$/, "a JSON pointer, e.g. /error/message");

export const redisList = defineManifest({
  kind: "redis-list",
  label: "Redis lists",
  settings: z.strictObject({
    ...redisSettings,
    /** Keys to list, one a line; `*` and `?` match as in SCAN. */
    keys: z.string().default("*dead*\n*dlq*\n*failed*\n*.XQ\n*:archived"),
  }),
  secrets: redisSecrets,
  source: z.strictObject({
    queue: key,
    envelope: z.enum(ENVELOPES).default("plain"),
    /** Where a plain list's JSON elements keep what Redrive shows. */
    pointers: z
      .strictObject({
        id: pointer.optional(),
        /** What a resend sends; absent: the whole element. A string is sent as its text. */
        payload: pointer.optional(),
        error: pointer.optional(),
        errorType: pointer.optional(),
        stack: pointer.optional(),
        failedAt: pointer.optional(),
        attempts: pointer.optional(),
        /** The queue it failed in. */
        queue: pointer.optional(),
        /** An object into which Redrive writes its stamp. */
        headers: pointer.optional(),
      })
      .default({}),
  }),
  target: z.strictObject({
    kind: z.literal("redis-list"),
    key,
    /** The end the producer pushes to. */
    end: z.enum(["left", "right"]).default("left"),
  }),
  form: {
    settings: [...redisForm.settings, { name: "keys", input: "lines", placeholder: "orders:dead" }],
    secrets: redisForm.secrets,
  },
  permissions: [
    "+ping +info +hello +client +select, to connect; +cluster in a cluster",
    "+eval +evalsha +type +llen +lrange +ltrim +blmove +hset +hlen +hkeys +hmget +hdel on the keys, and on ~redrive:* where taken elements lie until they are stored",
    "+zcard +zrange +zrem +hgetall +hget +del +xrevrange, to capture from sorted sets",
    "+lpush +rpush on the keys to resend to; +exists +hset +hget +hmget +llen +hdel +del +sadd +incr +xadd +zadd +zrem +expire, to requeue jobs",
    "+scan, to list keys",
    "+eval +get +set +del on ~redrive:guard:*, where a route is to keep its guard's keys here",
  ],
  capabilities: { discover: true },
  about: {
    client: "ioredis: single server, sentinel or cluster.",
    capture: "elements are moved to a place of Redrive's own beside the list, stored, then removed there; what a crash left there is taken again as the same.",
    depth: "exact, LLEN or ZCARD.",
    resend: "pushed to the end the producer pushes to, or as the job library itself requeues.",
  },
});
