import { Fault } from "#core/fault.ts";
import { keyNodes, type RedisClient } from "./link.ts";

const SCAN_COUNT = 500;
const MAX_KEYS = 10_000;

/** Patterns as typed in the settings: one a line or parted by commas. */
const patternsIn = (text: string): string[] => [...new Set(text.split(/[\n,]/).map((line) => line.trim()))].filter((line) => line !== "");

/** Keys of a type that match one of the patterns, at most 10,000, by SCAN: it holds nobody up and misses no key that stays. */
export async function keysOf(client: RedisClient, patterns: string, type: "list" | "stream" | "zset", signal: AbortSignal): Promise<string[]> {
  const found = new Set<string>();
  for (const node of keyNodes(client))
    for (const pattern of patternsIn(patterns)) {
      let cursor = "0";
      do {
        if (signal.aborted) throw new Fault("timeout", "stopped before all keys were listed");
        const [next, keys] = await node.scan(cursor, "MATCH", pattern, "COUNT", SCAN_COUNT, "TYPE", type);
        cursor = next;
        for (const key of keys) found.add(key);
      } while (cursor !== "0" && found.size < MAX_KEYS);
    }
  return [...found].toSorted();
}

const DEAD_NAME = /(^|[:._-])(dlq|dead|deadletters?|dead-letters?|failed|failures|errors?|poison|parking|XQ)($|[:._-])/i;

/** The sign in a key's name. */
export const signsOfKey = (key: string): readonly { readonly sign: "name" }[] => (DEAD_NAME.test(key) ? [{ sign: "name" }] : []);
