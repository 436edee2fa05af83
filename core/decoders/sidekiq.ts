import { edited, removals } from "../json/edit.ts";
import { integerOf, itemsOf, memberOf, membersOf, rootOf, stringOf, type Span } from "../json/read.ts";
import { bytesOfBase64 } from "../message/bytes.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { hasAll, jsonOf, listOf, listTarget, unpacked, type Json } from "./redis-jobs.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMs } from "./time.ts";

/** Left in, the job would have but one more try. */
const FAILURE = new Set(["error_message", "error_class", "error_backtrace", "failed_at", "retried_at", "retry_count"]);
const SIGNS = ["error_class", "retry_count", "failed_at"];

/** The job, or null when this is none of Sidekiq's that failed. */
function jobOf(captured: Captured): Json | null {
  const native = listOf(captured);
  const job = native === null ? null : jsonOf(captured.body);
  if (native === null || job === null || !hasAll(job.text, job.root, ["class", "args", "jid", "queue"])) return null;
  return native.envelope === "sidekiq" || SIGNS.some((name) => memberOf(job.text, job.root, name) !== null) ? job : null;
}

/** Milliseconds in Sidekiq 8, before that seconds with a fraction. */
function timeOf(text: string, value: Span | null): string | null {
  const digits = value === null ? "" : text.slice(value.start, value.end);
  if (!/^\d{1,16}(\.\d{1,20})?$/.test(digits)) return null;
  const time = Number(digits);
  return isoOfMs(time > 1e11 ? Math.trunc(time) : Math.round(time * 1_000));
}

/** Base64 of a zlib stream of a JSON array; an array itself in old versions. */
function backtraceOf(text: string, value: Span | null): string | null {
  const packed = stringOf(text, value);
  const json = packed === null ? (value === null ? null : text.slice(value.start, value.end)) : unpacked(bytesOfBase64(packed));
  const root = json === null ? null : rootOf(json);
  if (json === null || root === null || json[root.start] !== "[") return null;
  return itemsOf(json, root).flatMap((item) => stringOf(json, item) ?? []).join("\n");
}

const queueKey = (captured: Captured, queue: string): string => `${/^(.+:)?(?:dead|retry)$/.exec(captured.native.queue)?.[1] ?? ""}queue:${queue}`;

/** A job in Sidekiq's dead set, or its retry set; source: sidekiq lib/sidekiq/job_retry.rb. */
export const sidekiq: Decoder = {
  rule: "sidekiq",
  title: "Sidekiq",
  transports: ["redis-list"],
  matches: (captured) => jobOf(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const job = jobOf(captured);
    if (job === null) return base;
    const { text, root } = job;
    const at = (name: string): Span | null => memberOf(text, root, name);
    const retries = integerOf(text, at("retry_count"));
    const error = { type: stringOf(text, at("error_class")), message: stringOf(text, at("error_message")), stack: backtraceOf(text, at("error_backtrace")) };
    const queue = stringOf(text, at("queue"));
    return {
      ...base,
      origin: queue === null ? null : { kind: "redis-list", queue },
      originalMessageId: stringOf(text, at("jid")),
      reason: /(^|:)retry$/.test(captured.native.queue) ? "handler_error" : "retries_exhausted",
      attempts: retries === null ? null : retries + 1,
      firstFailedAt: timeOf(text, at("failed_at")),
      lastFailedAt: timeOf(text, at("retried_at")) ?? timeOf(text, at("failed_at")),
      error: error.type === null && error.message === null ? null : error,
      originalTimestamp: timeOf(text, at("created_at")),
      consumer: given({ queue, handler: stringOf(text, at("class")) }),
    };
  },
  plan(captured) {
    const job = jobOf(captured);
    const queue = job === null ? null : stringOf(job.text, memberOf(job.text, job.root, "queue"));
    const target = queue === null ? null : listTarget(captured, queueKey(captured, queue));
    const members = job === null ? [] : membersOf(job.text, job.root);
    const gone = members.flatMap(({ key }, index) => (FAILURE.has(key) ? [index] : []));
    const body = job === null || gone.length === 0 ? null : new TextEncoder().encode(edited(job.text, removals(members, gone)));
    return resendPlan(captured, { failedQueue: target, origin: target, body, notes: body === null ? [] : ["body_retry_counter_reset"] });
  },
};
