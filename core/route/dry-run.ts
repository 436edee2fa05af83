import { schedule } from "./backoff.ts";
import { ConfigurationError } from "./configuration-error.ts";
import { decide, type Decision } from "./decide.ts";
import type { HttpDestination, RouteDefinition } from "./definition.ts";
import { destinationKey } from "./destination-key.ts";
import { requestParts, type RequestMessage } from "./http-request.ts";
import type { DeliveryErrorCode, DeliveryOutcome } from "./outcome.ts";
import { TemplateError } from "./template.ts";

/** What the destination would answer, as a person supposes it. */
export type Supposed = { readonly status: "refused" | "unknown"; readonly code: DeliveryErrorCode; readonly httpStatus: number | null; readonly type: string | null; readonly message: string; readonly tried: number };

/** A part of what would be sent, or why it can not be made of this message. */
type Made<T> = { readonly value: T } | { readonly problem: string };

export type DryRun = {
  /** Names the breaker. */
  readonly destinationKey: string;
  /** Of HTTP: the address after templates, the headers, and the body. Null for other destinations, which get the message as it is. */
  readonly request: { readonly url: Made<string>; readonly headers: readonly { readonly name: string; readonly value: Made<string> }[]; readonly body: Made<Uint8Array> } | null;
  readonly decision: Decision;
  /** How many tries there are in all, and ms from the first to the last at most. */
  readonly tries: number;
  readonly latestMs: number;
};

/** What a route would make of a message and of a supposed outcome. Pure: nothing is sent, no secret is read. `random`: in [0, 1). */
export function dryRun(definition: RouteDefinition, sample: RequestMessage, supposed: Supposed, { finds, random }: { finds(pattern: string, text: string): boolean; random: number }): DryRun {
  const rows = schedule(definition.retry);
  return {
    destinationKey: destinationKey(definition.destination),
    request: definition.destination.kind === "http" ? requestOf(definition.destination, sample, supposed.tried) : null,
    decision: decide(definition, outcomeOf(supposed), { tried: supposed.tried, lastDelayMs: rows[supposed.tried - 1]?.mean ?? 0, ageMs: rows[supposed.tried - 1]?.latest ?? 0, random }, { finds }),
    tries: rows.length,
    latestMs: rows.at(-1)?.latest ?? 0,
  };
}

const outcomeOf = ({ status, code, httpStatus, type, message }: Supposed): DeliveryOutcome => ({
  status,
  error: { code, status: httpStatus, type, message, stack: null, retryAfterMs: null },
  answer: null,
});

function made<T>(make: () => T): Made<T> {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof TemplateError || error instanceof ConfigurationError) return { problem: error.message };
    throw error;
  }
}

/** What only workers know is told by its name. */
const named = (name: string): string => `\${${name}}`;

function requestOf(definition: HttpDestination, sample: RequestMessage, tried: number): DryRun["request"] {
  const { url, headers, body } = requestParts(definition, sample, {
    secret: named,
    signature: (names) => names.map(named).join(" "),
    messageId: named("message id"),
    timestamp: named("time"),
    attempt: String(tried),
    route: named("route"),
  });
  return {
    url: made(() => url().href),
    headers: headers.map(({ name, value }) => ({ name, value: made(value) })),
    body: made(() => body() ?? new Uint8Array()),
  };
}
