import { z } from "zod";
import { DEATH_REASONS } from "./normal-form.ts";
import { MESSAGE_STATES } from "./state.ts";

/** `15m`, `24h`, `7d`: a range that ends now. */
export const SINCE = ["15m", "1h", "6h", "24h", "7d", "30d"] as const;
export type Since = (typeof SINCE)[number];

export const SORTS = ["captured_desc", "captured_asc"] as const;

/** Postgres takes neither NUL nor lone surrogates in a text. */
const text = (schema: z.ZodString) =>
  schema.min(1).refine((value) => value.isWellFormed() && !value.includes("\0"), "must be text without NUL");

const FIELDS = {
  connection: z.uuid(),
  source: z.uuid(),
  group: z.uuid(),
  /** Any of these. */
  state: z.array(z.enum(MESSAGE_STATES)).min(1).max(MESSAGE_STATES.length),
  /** Any of these. */
  reason: z.array(z.enum(DEATH_REASONS)).min(1).max(DEATH_REASONS.length),
  /** The error type, exactly. */
  error: text(z.string().max(300)),
  /** Free text. */
  q: text(z.string().trim().max(200)),
  /** Captured at or after, ISO 8601 UTC. */
  from: z.iso.datetime(),
  /** Captured at or before, ISO 8601 UTC. */
  to: z.iso.datetime(),
  /** Captured within this time before now. */
  since: z.enum(SINCE),
  sort: z.enum(SORTS),
};

/** What the list of dead letters is narrowed to: in the address, in the API, in a saved view and in an operation. */
export const messageFilter = z.strictObject({
  connection: z.exactOptional(FIELDS.connection),
  source: z.exactOptional(FIELDS.source),
  group: z.exactOptional(FIELDS.group),
  state: z.exactOptional(FIELDS.state),
  reason: z.exactOptional(FIELDS.reason),
  error: z.exactOptional(FIELDS.error),
  q: z.exactOptional(FIELDS.q),
  from: z.exactOptional(FIELDS.from),
  to: z.exactOptional(FIELDS.to),
  since: z.exactOptional(FIELDS.since),
  sort: z.exactOptional(FIELDS.sort),
});
export type MessageFilter = z.infer<typeof messageFilter>;

const NAMES = Object.keys(FIELDS) as (keyof MessageFilter)[];
const KNOWN = { state: MESSAGE_STATES, reason: DEATH_REASONS } as const;

/** Those of the known values that are named by `texts`, each of which may name several with commas; or nothing. */
function listOf(known: readonly string[], texts: readonly string[]): string[] | undefined {
  const named = new Set(texts.slice(0, known.length).flatMap((item) => item.slice(0, 500).split(",")));
  const list = known.filter((item) => named.has(item));
  return list.length === 0 ? undefined : list;
}

/** What a field puts into an address. */
const itemsOf = (filter: MessageFilter, name: keyof MessageFilter): readonly string[] => {
  if (name === "state" || name === "reason") return listOf(KNOWN[name], filter[name] ?? []) ?? [];
  const value = filter[name];
  return value === undefined ? [] : [value];
};

/** The search part of an address. Filters that mean the same give the same text; lists repeat their name. */
export function filterToSearch(filter: MessageFilter): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of NAMES) {
    for (const item of itemsOf(filter, name)) params.append(name, item);
  }
  return params;
}

/** A filter from an address. What is not understood is dropped, field by field; never throws. */
export function searchToFilter(params: URLSearchParams): MessageFilter {
  const filter: Record<string, unknown> = {};
  for (const name of NAMES) {
    const given = name === "state" || name === "reason" ? listOf(KNOWN[name], params.getAll(name)) : params.get(name);
    const parsed = FIELDS[name].safeParse(given);
    if (parsed.success) filter[name] = parsed.data;
  }
  const whole = messageFilter.safeParse(filter);
  return whole.success ? whole.data : {};
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The length of `since` in milliseconds. */
export const sinceMs = (since: Since): number =>
  Number(since.slice(0, -1)) * UNIT_MS[since.slice(-1) as keyof typeof UNIT_MS];
