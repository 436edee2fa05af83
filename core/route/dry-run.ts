import type { Header } from "../message/header.ts";
import { headerNamed, headerWords } from "../message/header-words.ts";
import { schedule } from "./backoff.ts";
import { decide, type Decision } from "./decide.ts";
import type { HttpDestination, RouteDefinition } from "./definition.ts";
import { destinationKey } from "./destination-key.ts";
import type { DeliveryErrorCode, DeliveryOutcome } from "./outcome.ts";
import { filled, fillerOf, pointed, TemplateError, type Filler } from "./template.ts";

/** A message to try a definition on. */
export type Sample = { readonly body: Uint8Array; readonly headers: readonly Header[] };

/** What the destination would answer, as a person supposes it. */
export type Supposed = { readonly status: "refused" | "unknown"; readonly code: DeliveryErrorCode; readonly httpStatus: number | null; readonly type: string | null; readonly message: string; readonly tried: number };

/** A part of what would be sent, or why it can not be made of this message. */
type Made<T> = { readonly value: T } | { readonly problem: string };

export type DryRun = {
  /** Names the breaker. */
  readonly destinationKey: string;
  /** Of HTTP: the address after templates, the headers that the definition makes, and the body. Null for other destinations, which get the message as it is. */
  readonly request: { readonly url: Made<string>; readonly headers: readonly { readonly name: string; readonly value: Made<string> }[]; readonly body: Made<Uint8Array> } | null;
  readonly decision: Decision;
  /** How many tries there are in all, and ms from the first to the last at most. */
  readonly tries: number;
  readonly latestMs: number;
};

/** What a route would make of a message and of a supposed outcome. Pure: nothing is sent, no secret is read. `random`: in [0, 1). */
export function dryRun(definition: RouteDefinition, sample: Sample, supposed: Supposed, { finds, random }: { finds(pattern: string, text: string): boolean; random: number }): DryRun {
  const rows = schedule(definition.retry);
  return {
    destinationKey: destinationKey(definition.destination),
    request: definition.destination.kind === "http" ? requestOf(definition.destination, fillerOf(sample.body, sample.headers), sample) : null,
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
    if (error instanceof TemplateError) return { problem: error.message };
    throw error;
  }
}

function requestOf({ url, headers, passHeaders, body, bearer, signWith, method }: HttpDestination, filler: Filler, sample: Sample): DryRun["request"] {
  const { pointer } = body;
  const type = headerNamed(sample.headers, "content-type");
  return {
    url: made(() => filled(url, filler, encoded)),
    headers: [
      ...(pointer === "" ? (type === null ? [] : [{ name: "content-type", value: { value: headerWords(type) } }]) : [{ name: "content-type", value: { value: "application/json" } }]),
      ...passed(passHeaders, sample.headers).map(({ name, value }) => ({ name, value: { value: headerWords(value) } })),
      ...headers.map(({ name, value }) => ({ name, value: made(() => filled(value, filler, (text) => text)) })),
      // a secret is told by its name: only workers can read it
      ...(bearer === null ? [] : [{ name: "authorization", value: { value: `Bearer \${${bearer}}` } }]),
      ...(signWith.length === 0 ? [] : [{ name: "webhook-signature", value: { value: signWith.map((name) => `\${${name}}`).join(" ") } }]),
    ],
    body: method === "GET" ? { value: new Uint8Array() } : pointer === "" ? { value: sample.body } : made(() => new TextEncoder().encode(pointed(filler, pointer, false))),
  };
}

function encoded(value: string, place: string): string {
  if (value === "") throw new TemplateError(`${place} is empty, which would make it another address`);
  if (!value.isWellFormed()) throw new TemplateError(`${place} is no well-formed text`);
  return encodeURIComponent(value);
}

const passed = (patterns: readonly string[], headers: readonly Header[]): Header[] => {
  const wanted = patterns.map((pattern) => pattern.toLowerCase());
  const fits = (name: string): boolean => wanted.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  return headers.filter(({ name }) => fits(name.toLowerCase()));
};
