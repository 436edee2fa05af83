import { z } from "zod";
import { DEATH_REASONS } from "./normal-form.ts";
import { MESSAGE_STATES } from "./state.ts";

/** `15m`, `24h`, `7d`: a time that ends now. */
export const SINCE = ["15m", "1h", "6h", "24h", "7d", "30d"] as const;

/** Postgres takes neither NUL nor lone surrogates in a text. */
const storable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
const NOT_STORABLE = "text without NUL";

/** The filter of the dead-letter list: the address, the API and the SQL all speak this one. */
export const messageFilter = z.strictObject({
  connection: z.uuid().optional(),
  source: z.uuid().optional(),
  group: z.uuid().optional(),
  state: z.array(z.enum(MESSAGE_STATES)).min(1).max(MESSAGE_STATES.length).optional(),
  reason: z.array(z.enum(DEATH_REASONS)).min(1).max(DEATH_REASONS.length).optional(),
  /** The error's type, exact. */
  error: z.string().min(1).max(300).refine(storable, NOT_STORABLE).optional(),
  /** Free text over error, key, ids and header values. */
  q: z.string().trim().min(1).max(200).refine(storable, NOT_STORABLE).optional(),
  since: z.enum(SINCE).optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
});
export type MessageFilter = z.infer<typeof messageFilter>;

const LISTS = new Set(["state", "reason"]);
const FIELDS = Object.keys(messageFilter.shape) as (keyof MessageFilter)[];

/** The filter as an address shows it: fields in a fixed order, lists joined by commas. */
export function filterToSearch(filter: MessageFilter): URLSearchParams {
  const search = new URLSearchParams();
  for (const field of FIELDS) {
    const value = filter[field];
    if (value !== undefined) search.set(field, Array.isArray(value) ? value.join(",") : value);
  }
  return search;
}

/** Reads an address. What is unknown or malformed is left out: a pasted link never breaks the page. */
export function searchToFilter(search: URLSearchParams): MessageFilter {
  const filter: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const text = search.get(field);
    if (text === null) continue;
    const value = LISTS.has(field) ? [...new Set(text.split(","))] : text;
    const read = messageFilter.shape[field].safeParse(value);
    if (read.success && read.data !== undefined) filter[field] = read.data;
  }
  return filter;
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** The length of `since` in ms. */
export const sinceMs = (since: (typeof SINCE)[number]): number =>
  Number(since.slice(0, -1)) * UNIT_MS[since.slice(-1) as keyof typeof UNIT_MS];
