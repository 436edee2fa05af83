import { keyNodes, type RedisClient } from "./link.ts";

/** What of a server's settings may lose what waits in it, in English; none where it does not tell. */
export async function hygieneOf(client: RedisClient): Promise<readonly string[]> {
  const warnings = new Set<string>();
  for (const node of keyNodes(client)) {
    const info = await Promise.all([node.info("memory"), node.info("persistence")]).then((parts) => parts.join("\r\n"), () => "");
    const field = (name: string): string | undefined => new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
    const policy = field("maxmemory_policy");
    if (policy?.startsWith("allkeys-") && field("maxmemory") !== "0") warnings.add(`Redis drops keys when its memory is full (${policy}), also lists with messages in them.`);
    if (field("aof_enabled") === "0") warnings.add("Redis keeps no append-only file: a crash loses what was written since the last snapshot.");
  }
  return [...warnings];
}
