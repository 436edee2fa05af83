import { z } from "zod";
import { DEATH_REASONS } from "./normal-form.ts";
import { MESSAGE_STATES } from "./state.ts";

/** Ranges that end now, in milliseconds. */
export const SINCE = {
  "15m": 15 * 60_000,
  "1h": 60 * 60_000,
  "24h": 24 * 60 * 60_000,
  "7d": 7 * 24 * 60 * 60_000,
} as const;
export type Since = keyof typeof SINCE;
const SINCES = Object.keys(SINCE) as [Since, ...Since[]];

export const SORTS = ["captured_desc", "captured_asc"] as const;

/** Postgres takes neither NUL nor lone surrogates in a text. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed() && !value.includes("\0"), "must be text without NUL");

const FIELDS = {
  connection: z.guid(),
  source: z.guid(),
  group: z.guid(),
  /** Any of these. */
  state: z.array(z.enum(MESSAGE_STATES)).max(MESSAGE_STATES.length),
  /** Any of these. */
  reason: z.array(z.enum(DEATH_REASONS)).max(DEATH_REASONS.length),
  /** The error type, exactly. */
  error: text(300),
  /** Free text. */
  q: text(200),
  /** Captured at or after, ISO 8601 UTC. */
  from: z.iso.datetime(),
  /** Captured before, ISO 8601 UTC. */
  to: z.iso.datetime(),
  /** Captured within this time before now; `from` and `to` come before it. */
  since: z.enum(SINCES),
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
const LISTS = { state: MESSAGE_STATES, reason: DEATH_REASONS };

/** The search part of an address. Equal filters give equal texts; lists repeat their name, an empty one is left out. */
export function filterToSearch(filter: MessageFilter): URLSearchParams {
  const params = new URLSearchParams();
  for (const name of NAMES) {
    const value = filter[name];
    if (value === undefined) continue;
    if (typeof value === "string") params.set(name, value);
    else for (const item of new Set(value)) params.append(name, item);
  }
  return params;
}

/** A list of the known values among `texts`, each of which may hold several with commas; absent when there are none. */
function listOf<const T extends string>(known: readonly T[], texts: readonly string[]): T[] | undefined {
  const named = new Set(texts.slice(0, known.length).flatMap((item) => item.slice(0, 500).split(",")));
  const list = known.filter((item) => named.has(item));
  return list.length === 0 ? undefined : list;
}

/** A filter from an address. What is not understood is dropped, field by field; never throws. */
export function searchToFilter(params: URLSearchParams): MessageFilter {
  const filter: Record<string, unknown> = {};
  for (const name of NAMES) {
    const given =
      name === "state" || name === "reason" ? listOf<string>(LISTS[name], params.getAll(name)) : params.get(name);
    const parsed = FIELDS[name].safeParse(given);
    if (parsed.success) filter[name] = parsed.data;
  }
  if (filter["from"] !== undefined || filter["to"] !== undefined) delete filter["since"];
  const whole = messageFilter.safeParse(filter);
  return whole.success ? whole.data : {};
}

/** The times a filter asks for, `now` being the end of a relative range; null where it is open. */
export function timeRange(filter: MessageFilter, now: Date): { readonly from: Date | null; readonly to: Date | null } {
  const { from, to, since } = filter;
  if (from === undefined && to === undefined && since !== undefined) {
    return { from: new Date(now.getTime() - SINCE[since]), to: null };
  }
  return { from: from === undefined ? null : new Date(from), to: to === undefined ? null : new Date(to) };
}
