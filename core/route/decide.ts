import { nextDelay } from "./backoff.ts";
import { classify } from "./classify.ts";
import type { RouteDefinition } from "./definition.ts";
import type { DeliveryOutcome } from "./outcome.ts";
import type { DeadCause } from "./state.ts";

/** What follows from a try. */
export type Decision =
  | { readonly to: "succeeded"; readonly decidedBy: null }
  | { readonly to: "retrying"; readonly delayMs: number; readonly decidedBy: string }
  | { readonly to: "dead"; readonly cause: DeadCause; readonly decidedBy: string };

export type Tried = {
  /** Tries so far, this one included, from 1. */
  readonly tried: number;
  /** ms of the wait before this try; 0 before the first. */
  readonly lastDelayMs: number;
  /** ms since the message arrived. */
  readonly ageMs: number;
  /** In [0, 1), for the jitter. */
  readonly random: number;
};

type Search = { finds(pattern: string, text: string): boolean };

const decoder = new TextDecoder();

/** The route's answer to one try's outcome. */
export function decide(definition: RouteDefinition, outcome: DeliveryOutcome, tried: Tried, { finds }: Search): Decision {
  if (outcome.status === "confirmed") return { to: "succeeded", decidedBy: null };
  const answerText = outcome.answer === null ? "" : decoder.decode(outcome.answer.body);
  const { retryable, decidedBy } = classify(outcome.error, definition.rules, { finds, answerText });
  if (outcome.status === "unknown" && definition.whenUnknown === "dead") return { to: "dead", cause: "unknown_outcome", decidedBy: "when unknown: dead" };
  if (!retryable) return { to: "dead", cause: "not_retryable", decidedBy };
  if (tried.tried >= definition.retry.maxAttempts) return { to: "dead", cause: "exhausted", decidedBy };
  const delayMs = nextDelay(definition.retry, { ...tried, retryAfterMs: outcome.error.retryAfterMs });
  const { maxAgeSeconds } = definition.retry;
  if (maxAgeSeconds !== null && tried.ageMs + delayMs > maxAgeSeconds * 1_000) return { to: "dead", cause: "expired", decidedBy };
  return { to: "retrying", delayMs, decidedBy };
}
