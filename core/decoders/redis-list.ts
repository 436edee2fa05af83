import { spanAt } from "../json/pointer.ts";
import { integerOf, stringOf } from "../json/read.ts";
import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import { baseForm, type Form } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { headOf } from "./error-text.ts";
import { given } from "./fields.ts";
import { listOf, listTarget } from "./redis-jobs.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMs, isoOfText } from "./time.ts";

type Name = "id" | "queue" | "error" | "errorType" | "stack" | "failedAt" | "attempts";
type Told = (name: Name) => string | null;

/** What the source's pointers find in the element: texts, and numbers as they are written. Null when there is no pointer. */
function pointed(captured: Captured): Told | null {
  const native = listOf(captured);
  const pointers = native?.pointers;
  if (native === null || pointers === undefined || native.envelope !== "plain") return null;
  const element = native.wrapper === undefined ? captured.body : bytesOfBase64(native.wrapper);
  const text = element === null ? null : utf8Of(element);
  if (text === null) return null;
  return (name) => {
    const pointer = pointers[name];
    const value = pointer === undefined ? null : spanAt(text, pointer);
    if (value === null) return null;
    return stringOf(text, value) ?? (/^[-\d]/.test(text[value.start] ?? "") ? text.slice(value.start, value.end) : null);
  };
}

const NAMES: readonly Name[] = ["id", "queue", "error", "errorType", "stack", "failedAt", "attempts"];

/** A reliable queue's processing list: what lies there was taken and never finished. The name is a custom, not a rule. */
const PROCESSING = /^(.+)[:._-]processing$/;
const takenFrom = (captured: Captured): string | null => (listOf(captured)?.envelope === "plain" ? (PROCESSING.exec(captured.native.queue)?.[1] ?? null) : null);

/** RFC 3339, or a number: seconds since 1970, or milliseconds where it is too large for seconds. */
function momentOf(text: string | null): string | null {
  if (text === null || !/^\d{9,14}(\.\d{1,9})?$/.test(text)) return isoOfText(text);
  const time = Number(text);
  return isoOfMs(time > 1e11 ? Math.trunc(time) : Math.round(time * 1_000));
}

function failureOf(told: Told): Pick<Form, "error" | "attempts" | "lastFailedAt"> {
  const [message, type, stack] = [told("error"), told("errorType"), told("stack")];
  const head = type === null && message !== null ? headOf(message.split("\n", 1)[0] ?? "") : null;
  const typed = head?.message == null ? { type, message } : { type: head.type, message: head.message };
  const attempts = told("attempts");
  return {
    error: message === null && type === null && stack === null ? null : { ...typed, stack },
    attempts: attempts === null ? null : integerOf(attempts, { start: 0, end: attempts.length }),
    lastFailedAt: momentOf(told("failedAt")),
  };
}

/** An element of a list of one's own, read by the source's JSON pointers; or one left in a reliable queue's processing list. */
export const redisListElement: Decoder = {
  rule: "redis-list",
  title: "Redis list",
  transports: ["redis-list"],
  matches(captured) {
    const told = pointed(captured);
    return (told !== null && NAMES.some((name) => told(name) !== null)) || takenFrom(captured) !== null;
  },
  decode(captured) {
    const base = baseForm(captured);
    const told = pointed(captured);
    const from = takenFrom(captured);
    const queue = told?.("queue") ?? from;
    const failure = told === null ? null : failureOf(told);
    return {
      ...base,
      ...failure,
      origin: queue === null ? null : { kind: "redis-list", queue },
      originalMessageId: told?.("id") ?? null,
      reason: failure?.error != null ? "handler_error" : from === null ? "unknown" : "abandoned",
      consumer: given({ queue: told?.("queue") ?? null }),
    };
  },
  plan(captured) {
    const told = pointed(captured)?.("queue") ?? null;
    const target = listTarget(captured, told ?? takenFrom(captured));
    return resendPlan(captured, { failedQueue: target, origin: target, notes: told === null && target !== null ? ["target_guessed"] : [] });
  },
};
