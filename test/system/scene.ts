import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import amqp, { type ChannelModel, type ConfirmChannel } from "amqplib";
import { connect, type Database } from "#db/client.ts";
import { makeKeyPair, seal } from "#db/secrets.ts";
import type { ProvidedRabbit } from "../brokers/rabbitmq-provided.ts";
import { testDatabase } from "../postgres.ts";
import { startWorker, type WorkerProcess } from "../worker-process.ts";

/** What a scene needs to know of a broker. */
type BrokerAddress = Extract<ProvidedRabbit, { available: true }>;

/** Where a broker listens; a fault proxy may stand in front of it. */
type Address = Pick<BrokerAddress, "host" | "port">;

export type Scene = AsyncDisposable & {
  readonly pool: Database;
  readonly databaseUrl: string;
  /** What secrets of further connections are sealed with. */
  readonly publicKey: string;
  readonly connectionId: string;
  readonly sourceId: string;
  /** The queue that is captured, and the one in which messages failed. */
  readonly deadLetters: string;
  readonly work: string;
  readonly channel: ConfirmChannel;
  /** Starts a worker process; it is killed with the scene. */
  worker(failpoint?: string): Promise<WorkerProcess>;
};

export type SceneOptions = {
  readonly rabbit: BrokerAddress | null;
  /** What the workers connect to, if not the broker itself. */
  readonly through?: Address;
  readonly databaseUrl?: string;
  readonly watchSeconds?: number;
  readonly type?: "classic" | "quorum";
};

/** A database, a work queue that dead-letters into a captured queue, and workers to be started. */
export async function makeScene({ rabbit, through, databaseUrl, watchSeconds = 300, type = "quorum" }: SceneOptions): Promise<Scene> {
  if (rabbit === null) throw new Error("this scene needs RabbitMQ");
  const stack = new AsyncDisposableStack();
  const database = databaseUrl === undefined ? await testDatabase() : null;
  if (database !== null) stack.defer(() => database.drop());
  const url = databaseUrl ?? database?.url ?? "";
  const folder = await mkdtemp(join(tmpdir(), "redrive-scene-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const keys = makeKeyPair();
  const keyFile = join(folder, "secret.key");
  await writeFile(keyFile, keys.privateKey, { mode: 0o600 });
  const pool = connect(url, { max: 4, name: "scene" });
  stack.defer(() => pool.close());
  const name = `scene-${crypto.randomUUID().slice(0, 8)}`;
  const queues = { work: `${name}.work`, deadLetters: `${name}.dlq` };
  const { model, channel } = await declare(rabbit, queues, type);
  stack.defer(() => model.close().catch(() => undefined));
  const ids = await insertRows(pool, { name, publicKey: keys.publicKey, through: through ?? rabbit, rabbit, queue: queues.deadLetters, type, watchSeconds });
  const scene = stack.move();
  return {
    pool,
    databaseUrl: url,
    publicKey: keys.publicKey,
    ...ids,
    ...queues,
    channel,
    worker: async (failpoint) =>
      scene.use(await startWorker({ databaseUrl: url, keyFile, ...(failpoint === undefined ? {} : { failpoint }) })),
    [Symbol.asyncDispose]: () => scene.disposeAsync(),
  };
}

async function declare(
  { host, port, username, password }: BrokerAddress,
  { work, deadLetters }: { work: string; deadLetters: string },
  type: string,
): Promise<{ model: ChannelModel; channel: ConfirmChannel }> {
  const model = await amqp.connect({ hostname: host, port, username, password });
  model.on("error", () => undefined);
  const channel = await model.createConfirmChannel();
  channel.on("error", () => undefined);
  const declared = { durable: true, arguments: { "x-queue-type": type } };
  await channel.assertQueue(deadLetters, declared);
  await channel.assertQueue(work, {
    durable: true,
    arguments: { ...declared.arguments, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": deadLetters },
  });
  return { model, channel };
}

type Rows = {
  readonly name: string;
  readonly publicKey: string;
  readonly through: Address;
  readonly rabbit: BrokerAddress;
  readonly queue: string;
  readonly type: string;
  readonly watchSeconds: number;
};

async function insertRows({ sql }: Database, rows: Rows): Promise<{ connectionId: string; sourceId: string }> {
  const settings = { host: rows.through.host, port: rows.through.port, vhost: rows.rabbit.vhost, username: rows.rabbit.username, heartbeatSeconds: 2, queues: rows.queue };
  const secrets = seal(rows.publicKey, JSON.stringify({ password: rows.rabbit.password }));
  const [connection] = await sql<{ id: string }[]>`
    insert into connections (name, kind, settings, secrets, managed_by)
    values (${rows.name}, 'rabbitmq', ${JSON.stringify(settings)}, ${secrets}, 'screen') returning id`;
  const connectionId = connection?.id ?? "";
  const source = JSON.stringify({ queue: rows.queue, type: rows.type });
  const [row] = await sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, watch_seconds, consent_by, consent_at)
    values (${connectionId}, ${rows.queue}, ${source}, 'taken', 'screen', true, ${rows.watchSeconds}, 'test', now()) returning id`;
  return { connectionId, sourceId: row?.id ?? "" };
}

/** Publishes bodies to a queue and waits for all confirms. */
export async function put({ channel }: Scene, queue: string, bodies: readonly string[]): Promise<void> {
  for (const body of bodies) channel.publish("", queue, Buffer.from(body), { persistent: true, contentType: "application/json" });
  await channel.waitForConfirms();
}

/** Takes everything that waits in a queue. */
export async function drain({ channel }: Scene, queue: string): Promise<{ body: string; id: string }[]> {
  const found: { body: string; id: string }[] = [];
  for (;;) {
    const message = await channel.get(queue, { noAck: true });
    if (message === false) return found;
    found.push({ body: message.content.toString(), id: String(message.properties.headers?.["redrive-id"] ?? "") });
  }
}
