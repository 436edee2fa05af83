import { inspect } from "node:util";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import { refused } from "./errors.ts";
import type { Thrown } from "./module-wire.ts";

const MAX_MESSAGE = 1_000;
const MAX_STACK = 8_000;
const MAX_ANSWER = 16_384;

/** What a module threw, as data; reads nothing that could throw again. Runs in the module's thread. */
export function thrownOf(error: unknown): Thrown {
  try {
    const has = (key: string): unknown => (typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined);
    const words = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);
    const name = words(has("name"));
    const delay = has("delayMs");
    return {
      kind: name === "Retry" ? "retry" : name === "DeadLetter" ? "dead_letter" : "error",
      name: words(has("code")) ?? name,
      message: (words(has("message")) ?? (typeof error === "string" ? error : inspect(error, { depth: 1 }))).slice(0, MAX_MESSAGE),
      stack: words(has("stack"))?.slice(0, MAX_STACK) ?? null,
      delayMs: typeof delay === "number" && delay >= 0 && Number.isFinite(delay) ? Math.round(delay) : null,
    };
  } catch {
    return { kind: "error", name: null, message: "the module threw something that cannot be read", stack: null, delayMs: null };
  }
}

/** What a module returned, for the screen: a text as it is, anything else as JSON; null for nothing. Runs in the module's thread. */
export function prettyAnswer(returned: unknown): string | null {
  if (returned === undefined || returned === null) return null;
  try {
    const text = typeof returned === "string" ? returned : (JSON.stringify(returned) ?? null);
    return text?.slice(0, MAX_ANSWER + 1) ?? null;
  } catch {
    return inspect(returned, { depth: 1 }).slice(0, MAX_ANSWER + 1);
  }
}

/** The outcome of a call that returned. */
export function confirmedBy(answer: string | null): DeliveryOutcome {
  if (answer === null) return { status: "confirmed", answer: null };
  const body = Buffer.from(answer);
  return { status: "confirmed", answer: { status: null, headers: [], body: body.subarray(0, MAX_ANSWER), cut: body.length > MAX_ANSWER } };
}

const CODES = { retry: "module_retry", dead_letter: "module_dead_letter", error: "module_threw" } as const;

/** The outcome of a call that threw: the module says itself that it did not deliver. */
export const refusedBy = ({ kind, name, message, stack, delayMs }: Thrown): DeliveryOutcome =>
  refused(CODES[kind], message, { type: kind === "error" ? name : null, stack, retryAfterMs: kind === "retry" ? delayMs : null });
