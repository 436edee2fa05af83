import { sql } from "drizzle-orm";
import type { Db } from "#db/client.ts";
import manifest from "../../package.json" with { type: "json" };

/** Which versions run here, for whoever asks for help. */
export async function readAbout(db: Db): Promise<{ version: string; license: string; node: string; postgres: string }> {
  const [row] = await db.execute<{ version: string }>(sql`select current_setting('server_version') as version`);
  return { version: manifest.version, license: manifest.license, node: process.versions.node, postgres: row?.version ?? "?" };
}
