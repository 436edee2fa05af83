import type { LiveTopic } from "#core/live.ts";

/** Which parts of the API (first word of a procedure) show something of a topic. */
const SHOWN_BY: Record<LiveTopic, readonly string[]> = {
  messages: ["messages", "groups", "overview"],
  groups: ["groups", "overview"],
  operations: ["operations"],
  depths: ["queues", "connections", "overview"],
  queues: ["queues", "connections", "overview"],
  connections: ["connections", "queues", "overview"],
  sources: ["sources", "queues", "overview"],
  routes: ["routes", "deliveries", "overview"],
  deliveries: ["routes", "deliveries"],
  commands: ["connections"],
  publications: [],
  workers: ["workers", "overview"],
};

/**
 * How a query follows live events, as `meta: { live: ... }` of the query: `fast` by default; `slow` at most every few
 * seconds, for what is dear to count; `never` for what does not change.
 */
export type LivePace = "fast" | "slow" | "never";

/** Whether a query shows something of `topics` and goes at `pace`. */
export function isTouched(query: { readonly queryKey: readonly unknown[]; readonly meta?: Record<string, unknown> | undefined }, topics: ReadonlySet<LiveTopic>, pace: LivePace): boolean {
  const [path] = query.queryKey;
  if (!Array.isArray(path)) return false;
  const part: unknown = path[0];
  const wanted = query.meta?.["live"] ?? "fast";
  return wanted === pace && [...topics].some((topic) => SHOWN_BY[topic].some((shown) => shown === part));
}
