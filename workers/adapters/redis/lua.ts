import { createHash } from "node:crypto";
import type { RedisClient } from "./link.ts";

export type Lua = { readonly text: string; readonly sha: string };

/** A script and the name under which Redis remembers it. */
export const lua = (text: string): Lua => ({ text, sha: createHash("sha1").update(text).digest("hex") });

/** Runs a script as one step of the server; sends its text only where the server does not know it yet. */
export async function run(client: RedisClient, { text, sha }: Lua, keys: readonly string[], args: readonly (string | number | Buffer)[]): Promise<unknown> {
  try {
    return await client.callBuffer("EVALSHA", sha, keys.length, ...keys, ...args);
  } catch (error) {
    // the server has not begun: sending it again does nothing twice
    if (!(error instanceof Error && error.message.startsWith("NOSCRIPT"))) throw error;
    return client.callBuffer("EVAL", text, keys.length, ...keys, ...args);
  }
}
