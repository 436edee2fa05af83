import { readFile } from "node:fs/promises";
import type { RedriveConfig } from "#core/config/check.ts";
import { connect } from "#db/client.ts";
import { applyConfig } from "#db/queries/apply-config.ts";
import { writeSetting } from "#db/queries/settings.ts";
import { publicHalf } from "#db/secrets.ts";

/**
 * Writes into the database what web and workers have to know of this installation: the public half of the sealing key,
 * and what redrive.yaml says. Without a file, connections, sources, routes and settings stay as they are.
 */
export async function recordInstallation(
  databaseUrl: string,
  secretKeyFile: string,
  config: RedriveConfig | undefined,
  say: (line: string) => void,
): Promise<void> {
  const privateKey = await readKey(secretKeyFile);
  const { db, sql, close } = connect(databaseUrl, { max: 1, name: "redrive up" });
  try {
    await writeSetting(db, "sealing_public_key", publicHalf(privateKey));
    if (!config) return;
    await writeSetting(db, "retention", JSON.stringify(config.retention));
    if (config.environment) await writeSetting(db, "environment", JSON.stringify(config.environment));
    const { dropped, pausedRoutes } = await applyConfig(sql, config, privateKey);
    for (const name of dropped) say(`redrive.yaml no longer names ${name}: it keeps its messages and is not captured any more`);
    for (const name of pausedRoutes) say(`redrive.yaml no longer names the route ${name}: it keeps what waits in it and is paused`);
  } finally {
    await close();
  }
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new Error(`The key in REDRIVE_SECRET_KEY_FILE, ${path}, cannot be read (${code}).`, { cause: error });
  }
}
