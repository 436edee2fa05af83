import type { RedisStreamNative } from "../message/native.ts";
import type { Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMsText } from "./time.ts";

/** What XNACK FATAL sets in Redis 8.8: nobody may ask for the entry again. */
const FATAL = "9223372036854775807";

const streamOf = ({ native }: Captured): RedisStreamNative | null => (native.transport === "redis-stream" ? native : null);

/** The time in a stream id, `<ms>-<seq>`: when the entry was added, unless a producer chose ids of its own. */
const addedAt = (entryId: string): string | null => isoOfMsText(entryId.split("-")[0]);

/** An entry that a consumer group was given too often and never acknowledged; source: XPENDING and XNACK in Redis's documentation. */
export const redisStuck: Decoder = {
  rule: "redis-stuck",
  title: "Redis stream, stuck in a group",
  transports: ["redis-stream"],
  matches: (captured) => streamOf(captured)?.pending != null,
  decode(captured) {
    const native = streamOf(captured);
    const base = baseForm(captured);
    if (native?.pending == null) return base;
    const { group, consumer, deliveries } = native.pending;
    const fatal = deliveries === FATAL;
    return {
      ...base,
      origin: { kind: "redis-stream", queue: native.queue, group, entryId: native.entryId },
      originalMessageId: base.originalMessageId ?? native.entryId,
      reason: fatal ? "poison" : "delivery_limit",
      reasonRaw: fatal ? "FATAL" : null,
      // the counter was set, not counted
      attempts: fatal ? null : Number(deliveries),
      originalTimestamp: base.originalTimestamp ?? addedAt(native.entryId),
      consumer: given({ group, consumer }),
    };
  },
  plan(captured) {
    const native = streamOf(captured);
    const target: Target | null = native === null ? null : { kind: "redis-stream", key: native.queue };
    return resendPlan(captured, { failedQueue: target, origin: target, notes: ["every_subscriber", ...(native?.gone ? (["content_gone"] as const) : [])] });
  },
};
