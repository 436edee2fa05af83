import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startEmbedded, stopOrphan } from "#db/embedded/index.ts";
import { migrate } from "#db/migrate.ts";
import { env } from "#test/env.ts";
import { asAdmin, databaseUrl } from "#test/postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: {
      /** Address of a database from which others can be created and dropped. */
      admin: string;
      /** Name of the database that holds every migration and no rows. */
      template: string;
    };
  }
}

const PREFIX = "redrive-test-";

/**
 * One PostgreSQL for the whole run: TEST_DATABASE_URL, else the embedded one in a folder of its own that goes away at
 * the end. Provides `postgres`.
 */
export async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const server = env.databaseUrl === undefined ? await startOwn() : { url: env.databaseUrl, stop: async () => undefined };
  const template = `redrive_template_${randomBytes(4).toString("hex")}`;
  await asAdmin(server.url, (sql) => sql`create database ${sql(template)}`);
  await migrate(databaseUrl(server.url, template));
  project.provide("postgres", { admin: server.url, template });
  return async () => {
    await asAdmin(server.url, (sql) => sql`drop database if exists ${sql(template)} with (force)`);
    await server.stop();
  };
}

async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  await sweep();
  const dataDir = await mkdtemp(join(tmpdir(), PREFIX));
  // Nothing here outlives the run, so nothing needs to reach the disk.
  const server = await startEmbedded({ dataDir, settings: { fsync: "off", full_page_writes: "off" } });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      await rm(server.root, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Ends and removes the servers of runs that were killed. */
async function sweep(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const dataDir = join(tmpdir(), name);
    // A run that begins at this moment has its folder and is not yet its server's owner.
    const age = Date.now() - ((await stat(dataDir).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age < 5 * 60_000) continue;
    if (await stopOrphan(dataDir)) await rm(dataDir, { recursive: true, force: true });
  }
}
