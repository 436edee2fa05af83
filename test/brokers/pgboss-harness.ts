import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PgBoss } from "pg-boss";
import postgres from "postgres";
import type { pgboss } from "#core/brokers/pgboss.ts";
import type { Native } from "#core/message/raw.ts";
import { startEmbedded } from "#db/embedded/index.ts";
import { connectPgBoss } from "#workers/adapters/pgboss/connect.ts";
import { type AdapterHarness, type Place, type Planted, type PrivateBroker, proxiedAt } from "../adapter-harness.ts";
import { nastyJsonBodies } from "../nasty-messages.ts";
import { testDatabase } from "../postgres.ts";
import { bossAccess, makePair, startBoss } from "./pgboss.ts";

type Manifest = typeof pgboss;
type Server = { readonly boss: PgBoss; readonly sql: postgres.Sql; close(): Promise<void> };

const SCHEMA = "jobs";

async function serve(url: string): Promise<Server> {
  const boss = await startBoss(url, SCHEMA);
  const sql = postgres(url, { max: 2, onnotice: () => undefined });
  return {
    boss,
    sql,
    close: async () => {
      await boss.stop({ graceful: false });
      await sql.end({ timeout: 1 });
    },
  };
}

/** A queue whose letters are written by SQL: pg-boss's own send would take a body through JSON.parse. */
async function makePlace({ boss, sql }: Server): Promise<Place<Manifest>> {
  const queue = `contract-${randomUUID()}`;
  await boss.createQueue(queue);
  return {
    source: { queue },
    target: { kind: "pgboss", queue },
    async put(messages) {
      for (const { body } of messages) {
        const data = body.length === 0 ? null : Buffer.from(body).toString("utf8");
        await sql`
          insert into ${sql(SCHEMA)}.job (name, data, priority, singleton_key, group_id, created_on)
          values (${queue}, ${data}::text::jsonb, 7, 'key ü', 'group', clock_timestamp())`;
      }
    },
    async drain() {
      const rows = await sql<{ data: string | null }[]>`
        delete from ${sql(SCHEMA)}.job where name = ${queue} and state < 'active' returning data::text as data`;
      return rows.map(({ data }) => ({ body: Buffer.from(data ?? ""), headers: [] }));
    },
  };
}

/** Bodies as jsonb writes them, for that is how they come out; what jsonb refuses is left to the adapter's own tests. */
async function nastyMessages({ sql }: Server): Promise<Planted[]> {
  const { ["prototype keys"]: prototype, ["20 digits"]: digits, ["repeated key"]: repeated } = nastyJsonBodies();
  const bodies = {
    "prototype keys": prototype,
    "20 digits": digits,
    "repeated key": repeated,
    "5,000 deep": Buffer.from(`${"[".repeat(5_000)}${"]".repeat(5_000)}`),
    "8 MiB of text": Buffer.from(JSON.stringify("é🦊".repeat(1_400_000))),
    "every escape": Buffer.from(JSON.stringify({ text: "\u0001\u001f\"\\/\b\f\n\r\t\u2028\u200f\ufffd\u{10ffff}" })),
    "JSON null": Buffer.from("null"),
  };
  const messages: Planted[] = [{ label: "no data at all", body: new Uint8Array(), headers: [] }];
  for (const [label, body] of Object.entries(bodies)) {
    const rows = await sql<{ text: string }[]>`select (${Buffer.from(body ?? []).toString("utf8")}::text::jsonb)::text as text`;
    messages.push({ label, body: Buffer.from(rows[0]?.text ?? ""), headers: [] });
  }
  return messages;
}

const PLAIN: Native = {
  transport: "pgboss",
  queue: "contract.dlq",
  jobId: randomUUID(),
  priority: 0,
  singletonKey: null,
  groupId: null,
  retryCount: 0,
  retryLimit: 2,
  createdOn: "2026-03-14T09:27:58.123Z",
  sourceName: null,
  sourceId: null,
  sourceCreatedOn: null,
  sourceRetryCount: null,
  output: null,
};

const essence = (native: Native): unknown =>
  native.transport === "pgboss" ? [native.priority, native.singletonKey, native.groupId, native.groupTier] : native;

async function privateBroker(): Promise<PrivateBroker<Manifest>> {
  const dataDir = await mkdtemp(join(tmpdir(), "redrive-boss-"));
  const server = await startEmbedded({ dataDir, stopOnSignal: false });
  let serving = await serve(server.url);
  return {
    access: bossAccess(server.url, SCHEMA),
    place: () => makePlace(serving),
    async restart() {
      await serving.close();
      await server.restart("immediate");
      serving = await serve(server.url);
    },
    async [Symbol.asyncDispose]() {
      await serving.close();
      await server.stop();
      await rm(server.root, { recursive: true, force: true });
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The harness on a database of the run's PostgreSQL; `close` drops it. */
export async function pgBossHarness(): Promise<{ readonly harness: AdapterHarness<Manifest>; close(): Promise<void> }> {
  const database = await testDatabase();
  const server = await serve(database.url);
  const access = bossAccess(database.url, SCHEMA);
  const harness: AdapterHarness<Manifest> = {
    adapter: connectPgBoss,
    entry: { module: "#workers/adapters/pgboss/connect.ts", exportName: "connectPgBoss" },
    access,
    proxied: proxiedAt(access.settings, ({ host, port }) => ({ settings: { ...access.settings, host, port }, secrets: access.secrets })),
    nobodyThere: (port) => ({ settings: { ...access.settings, port }, secrets: access.secrets }),
    // A login that does not exist is refused also where the server trusts this machine.
    wrongAccess: { settings: { ...access.settings, username: "nobody_of_that_name" }, secrets: { password: "wrong" } },
    halfOpen: { settings: {}, withinMs: 9_000 },
    place: () => makePlace(server),
    nasty: await nastyMessages(server),
    plainNative: PLAIN,
    essence,
    nowhere: { kind: "pgboss", queue: `nowhere-${randomUUID()}` },
    missingSource: { queue: `missing-${randomUUID()}` },
    depthKind: "exact",
    async deadLetterPlace() {
      const { work, dead } = await makePair(server.boss);
      return { source: { queue: dead }, sign: { sign: "target_of", queue: work } };
    },
    startPrivateBroker: privateBroker,
  };
  return {
    harness,
    close: async () => {
      await server.close();
      await database.drop();
    },
  };
}
