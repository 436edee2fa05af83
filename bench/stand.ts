import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { connect, type Database } from "#db/client.ts";
import { startEmbedded } from "#db/embedded/index.ts";
import { migrate } from "#db/migrate.ts";
import { makeKeyPair, seal } from "#db/secrets.ts";
import { eventually } from "#test/eventually.ts";
import { startRabbit, type TestRabbit } from "#test/brokers/rabbitmq.ts";
import type { Watched } from "./process-cost.ts";

/** A database and a broker of the benchmark's own, on real disks, and what a worker needs to reach them. */
export type Stand = AsyncDisposable & {
  readonly databaseUrl: string;
  readonly pool: Database;
  readonly rabbit: TestRabbit;
  readonly keyFile: string;
  readonly publicKey: string;
  /** Whose processor time counts, besides the client's. */
  readonly servers: { readonly postgres: Watched; readonly broker: Watched };
};

/** Starts both. Throws where there is no RabbitMQ, and where a commit would not be on the disk. */
export async function openStand(): Promise<Stand> {
  const stack = new AsyncDisposableStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), "redrive-bench-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const postgres = await startEmbedded({ dataDir: join(folder, "postgres"), stopOnSignal: false });
    stack.defer(async () => {
      await postgres.stop();
      await rm(postgres.root, { recursive: true, force: true });
    });
    await migrate(postgres.url);
    const { rabbit, ...why } = await startRabbit({ own: true, plugins: ["rabbitmq_management", "rabbitmq_shovel"] });
    if (rabbit === null) throw new Error(`no RabbitMQ to measure: ${JSON.stringify(why)}`);
    stack.defer(() => rabbit.stop());
    const pool = connect(postgres.url, { max: 4, name: "bench", statementTimeoutMs: 300_000 });
    stack.defer(() => pool.close());
    await assertDurable(pool);
    const keys = makeKeyPair();
    const keyFile = join(folder, "secret.key");
    await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
    const servers = { postgres: { pid: await postmasterPid(postgres.root), family: true }, broker: { pid: await brokerPid(rabbit) } };
    const all = stack.move();
    const stand = { databaseUrl: postgres.url, pool, rabbit, keyFile, publicKey: keys.publicKey, servers };
    return { ...stand, [Symbol.asyncDispose]: () => all.disposeAsync() };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

async function assertDurable({ sql }: Database): Promise<void> {
  for (const name of ["fsync", "synchronous_commit", "full_page_writes"]) {
    const [row] = await sql<{ value: string }[]>`select current_setting(${name}) as value`;
    if (row?.value !== "on") throw new Error(`${name} is ${row?.value}: these figures would not count`);
  }
}

async function postmasterPid(root: string): Promise<number> {
  const text = await readFile(join(root, "data", "postmaster.pid"), "utf8");
  return Number(text.split("\n", 1)[0]);
}

/** The broker tells its process id in its first statistics. */
const brokerPid = ({ managementUrl, username, password }: TestRabbit): Promise<number> =>
  eventually(
    async () => {
      const nodes = await management<{ os_pid?: string }[]>(managementUrl, "/api/nodes", { username, password });
      const pid = Number(nodes?.[0]?.os_pid);
      if (!Number.isInteger(pid)) throw new Error(`no process id in ${JSON.stringify(nodes)}`);
      return pid;
    },
    { timeoutMs: 30_000, intervalMs: 500 },
  );

/** One call of the management API. Throws unless it answers with success. */
export async function management<T>(
  url: string,
  path: string,
  { username, password, method = "GET", body }: { username: string; password: string; method?: string; body?: object },
): Promise<T | null> {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  const text = await answer.text();
  return text === "" ? null : (JSON.parse(text) as T);
}

/** Cores and memory: all that a figure has to say of where it was taken. */
export const machine = (): string => `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`;

export type Source = { readonly connectionId: string; readonly sourceId: string };

/** Registers the broker and a source that is not captured yet. */
export async function registerSource({ pool, rabbit, publicKey }: Stand, queue: string): Promise<Source> {
  const settings = { host: rabbit.host, port: rabbit.port, vhost: rabbit.vhost, username: rabbit.username, queues: queue };
  const secrets = seal(publicKey, JSON.stringify({ password: rabbit.password }));
  const [connection] = await pool.sql<{ id: string }[]>`
    insert into connections (name, kind, settings, secrets, managed_by)
    values (${`bench ${queue}`}, 'rabbitmq', ${JSON.stringify(settings)}, ${secrets}, 'screen') returning id`;
  const connectionId = connection?.id ?? "";
  const [source] = await pool.sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, watch_seconds, consent_by, consent_at)
    values (${connectionId}, ${queue}, ${JSON.stringify({ queue, type: "quorum" })}, 'taken', 'screen', false, 3600, 'bench', now())
    returning id`;
  return { connectionId, sourceId: source?.id ?? "" };
}

/** The same empty tables and a fresh checkpoint before each leg. */
export async function clearTables({ sql }: Database): Promise<void> {
  await sql`truncate messages, deaths, bodies, attempts, events, operation_items, capture_batches cascade`;
  await sql`update operations set state = 'finished'`;
  await sql`checkpoint`;
}
