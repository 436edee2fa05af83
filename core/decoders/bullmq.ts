import { spanAt } from "../json/pointer.ts";
import { integerOf, itemsOf, rootOf, stringOf } from "../json/read.ts";
import type { RedisListNative } from "../message/native.ts";
import type { DeathReason, Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { headOf } from "./error-text.ts";
import { given } from "./fields.ts";
import { fieldOf, listOf, listTarget } from "./redis-jobs.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMsText } from "./time.ts";

const jobOf = (captured: Captured): RedisListNative | null => {
  const native = listOf(captured);
  return native?.envelope === "bullmq" ? native : null;
};

/** `<prefix>:<queue>:failed`; a prefix may have colons, a queue's name may not. */
const PLACE = /^(.+):([^:]+):failed$/;

/** One stack a failed attempt, the newest last. */
function newestStack(native: RedisListNative): string | null {
  const json = fieldOf(native, "stacktrace");
  const root = json === null ? null : rootOf(json);
  const last = json === null || root === null ? undefined : itemsOf(json, root).at(-1);
  return json === null || last === undefined ? null : stringOf(json, last);
}

const count = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null);

function reasonOf(native: RedisListNative, attempts: number | null): DeathReason {
  if (fieldOf(native, "failedReason")?.startsWith("job stalled more than")) return "abandoned";
  const options = fieldOf(native, "opts") ?? "";
  const allowed = integerOf(options, spanAt(options, "/attempts")) ?? 1;
  return attempts !== null && attempts >= allowed ? "retries_exhausted" : "handler_error";
}

/** A job in BullMQ's failed set; source: bullmq src/commands/moveToFinished-14.lua, saveStacktrace-1.lua, reprocessJob-8.lua. */
export const bullmq: Decoder = {
  rule: "bullmq",
  title: "BullMQ",
  transports: ["redis-list"],
  matches: (captured) => jobOf(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const native = jobOf(captured);
    if (native === null) return base;
    const queue = PLACE.exec(native.queue)?.[2] ?? null;
    const attempts = count(fieldOf(native, "atm") ?? fieldOf(native, "attemptsMade"));
    const stack = newestStack(native);
    const message = fieldOf(native, "failedReason");
    return {
      ...base,
      origin: queue === null ? null : { kind: "redis-list", queue },
      originalMessageId: native.id,
      reason: native.gone ? "unknown" : reasonOf(native, attempts),
      reasonRaw: message,
      attempts,
      lastFailedAt: isoOfMsText(fieldOf(native, "finishedOn")),
      error: message === null && stack === null ? null : { type: stack === null ? null : (headOf(stack.split("\n", 1)[0] ?? "")?.type ?? null), message, stack },
      originalTimestamp: isoOfMsText(fieldOf(native, "timestamp")),
      consumer: given({ queue, handler: fieldOf(native, "name"), worker: fieldOf(native, "pb") }),
    };
  },
  plan(captured) {
    const place = PLACE.exec(captured.native.queue);
    const target: Target | null = place === null ? null : listTarget(captured, `${place[1]}:${place[2]}:wait`);
    return resendPlan(captured, { failedQueue: target, origin: target, notes: ["header_retry_counter_reset"] });
  },
};
