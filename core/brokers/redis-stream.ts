import { z } from "zod";
import { defineManifest } from "./manifest.ts";
import { redisForm, redisSecrets, redisSettings } from "./redis.ts";

const key = z.string().min(1).max(1_024);

export const redisStream = defineManifest({
  kind: "redis-stream",
  label: "Redis streams",
  settings: z.strictObject({
    ...redisSettings,
    /** Name of Redrive's own consumer group in a dead-letter stream. */
    group: z.string().min(1).max(255).default("redrive"),
    /** Keys to list, one a line; `*` and `?` match as in SCAN. */
    keys: z.string().default("*"),
  }),
  secrets: redisSecrets,
  source: z.strictObject({
    queue: key,
    /** Of stuck entries: the group in which they are stuck. Absent: the stream is read as a dead-letter stream. */
    stuckIn: z.string().min(1).max(255).optional(),
    /** An entry is stuck after this many deliveries, */
    minDeliveries: z.coerce.number().int().min(1).default(5),
    /** when nobody asked for it for so long, in ms. */
    minIdleMs: z.coerce.number().int().min(1_000).default(60_000),
    /** The field that is the body; absent: one of the usual names, or the only field. */
    bodyField: z.string().min(1).max(1_024).optional(),
  }),
  target: z.strictObject({ kind: z.literal("redis-stream"), key }),
  form: {
    settings: [
      ...redisForm.settings,
      { name: "group", input: "text", placeholder: "redrive" },
      { name: "keys", input: "lines", placeholder: "orders:*" },
    ],
    secrets: redisForm.secrets,
  },
  permissions: [
    "+ping +info +hello +client +select, to connect; +cluster in a cluster",
    "+xgroup +xreadgroup +xack +xrange +xlen +xinfo +xadd on the streams",
    "+xpending +xclaim +multi +exec, for entries stuck in a group",
    "+scan, to list keys",
    "+eval +get +set +del on ~redrive:guard:*, where a route is to keep its guard's keys here",
  ],
  capabilities: { discover: true },
  about: {
    client: "ioredis: single server, sentinel or cluster.",
    capture: "a dead-letter stream is read with Redrive's own group and left as it is; entries stuck in a group of yours are claimed, stored and acknowledged there.",
    depth: "exact, by XLEN, XINFO GROUPS and XPENDING; an estimate where the group's lag is not told.",
    resend: "XADD with the same fields in the same order.",
  },
});
