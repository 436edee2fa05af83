import { bytesOfBase64 } from "../message/bytes.ts";
import type { RedisListNative } from "../message/native.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { pythonError } from "./error-text.ts";
import { given } from "./fields.ts";
import { fieldOf, listOf, listTarget, unpacked } from "./redis-jobs.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const jobOf = (captured: Captured): RedisListNative | null => {
  const native = listOf(captured);
  return native?.envelope === "rq" ? native : null;
};

/** The traceback: packed in the newest result, which the adapter brings along, or in the job's hash before RQ had results. */
function tracebackOf(native: RedisListNative): string | null {
  const result = fieldOf(native, "results/exc_string");
  if (result !== null) return unpacked(bytesOfBase64(result));
  const field = native.fields.find(({ name }) => name === "exc_info");
  return field === undefined ? null : (unpacked(bytesOfBase64(field.value)) ?? fieldOf(native, "exc_info"));
}

/** What is called, of RQ's description of the call. */
const handlerOf = (description: string | null): string | null => /^([\w.]{1,300})\(/.exec(description ?? "")?.[1] ?? null;

/** A job in RQ's registry of failed jobs; source: rq/registry.py, job.py, results.py. Its call is pickled and stays closed. */
export const rq: Decoder = {
  rule: "rq",
  title: "RQ",
  transports: ["redis-list"],
  matches: (captured) => jobOf(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const native = jobOf(captured);
    if (native === null) return base;
    const traceback = tracebackOf(native);
    const queue = fieldOf(native, "origin");
    return {
      ...base,
      origin: queue === null ? null : { kind: "redis-list", queue },
      originalMessageId: native.id,
      reason: native.gone ? "unknown" : "handler_error",
      lastFailedAt: isoOfText(fieldOf(native, "ended_at")),
      error: traceback === null || traceback === "" ? null : pythonError(traceback),
      originalTimestamp: isoOfText(fieldOf(native, "created_at")),
      consumer: given({ queue, handler: handlerOf(fieldOf(native, "description")), worker: fieldOf(native, "worker_name") }),
    };
  },
  plan(captured) {
    const native = jobOf(captured);
    const queue = native === null ? null : fieldOf(native, "origin");
    const prefix = /^(.*)failed:.+$/.exec(captured.native.queue)?.[1];
    const target = queue === null || prefix === undefined ? null : listTarget(captured, `${prefix}queue:${queue}`, "right");
    return resendPlan(captured, { failedQueue: target, origin: target });
  },
};
