import type { RouteDestination } from "./definition.ts";

/**
 * Names what a breaker and a pace protect: `http <origin>`, `queue <connection> <target>`, `module <file>`. Routes that
 * deliver to the same place have the same key, and share its breaker.
 */
export function destinationKey(destination: RouteDestination): string {
  switch (destination.kind) {
    case "http":
      // templates stand behind the host only, and may be no part of an address
      return `http ${new URL(/^https?:\/\/[^/?#]*/i.exec(destination.url)?.[0] ?? destination.url).origin}`;
    case "queue":
      return `queue ${destination.connectionId} ${JSON.stringify(sorted(destination.target))}`;
    case "module":
      return `module ${destination.file}`;
  }
}

/** The same target is the same text, in whatever order its fields were written. */
const sorted = (target: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(target).toSorted(([a], [b]) => (a < b ? -1 : 1)));
