import { eventually } from "#test/eventually.ts";
import { startWorker, type WorkerProcess } from "#test/worker-process.ts";
import { assertEmpty, consume, fill, makeQueue, openBroker, type Broker } from "./broker.ts";
import { storeDead } from "./dead-messages.ts";
import { print, quantile, spread } from "./figures.ts";
import { checkLedger } from "./messages.ts";
import { asOfNow, orderResend } from "./orders.ts";
import { costOf, peakMemory, type Cost } from "./process-cost.ts";
import { clearTables, management, registerSource, type Source, type Stand } from "./stand.ts";

const QUEUE = "bench.bulk.dlq";
const WORK = "bench.bulk.work";
const SHOVELLED = "bench.bulk.shovelled";
/** Unconfirmed messages on a channel, the same for all three: our adapter's own. */
const WINDOW = 1_000;

/** Messages a second, and microseconds of all processors a message. */
type Figures = { readonly rate: number; readonly cpu: number };
type Round = Readonly<Record<"raw" | "shovel" | "ours", Figures>>;

export type ResendBulkOptions = { readonly rounds: number; readonly count: number };

/** A resend of many, every attempt logged, beside a bare publish with confirms and beside RabbitMQ's own shovel. */
export async function benchResendBulk(stand: Stand, { rounds, count }: ResendBulkOptions): Promise<void> {
  await using broker = await openBroker(stand.rabbit);
  for (const queue of [QUEUE, WORK, SHOVELLED]) await makeQueue(broker, queue);
  const source = await registerSource(stand, QUEUE);
  await using worker = await startWorker(stand);
  const place = { stand, broker, source, worker };
  const done: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const from = round * 10 * count;
    const figures: Round = {
      raw: figuresOf(count, await publishRaw(place, from, count)),
      ours: figuresOf(count, await resendOurs(place, from + count, count)),
      shovel: figuresOf(count, await shovel(place, from + 2 * count, count)),
    };
    const line = (["raw", "ours", "shovel"] as const).map((leg) => `${leg} ${figures[leg].rate.toFixed(0)}/s ${figures[leg].cpu.toFixed(0)} us`);
    console.log(`resend bulk, round ${round === 0 ? "warm-up" : round}: ${line.join(", ")}`);
    if (round > 0) done.push(figures);
  }
  report(done, count, await peakMemory(worker.pid));
}

type Place = { readonly stand: Stand; readonly broker: Broker; readonly source: Source; readonly worker: WorkerProcess };

const figuresOf = (count: number, { seconds, cpu }: Cost): Figures => ({
  rate: count / seconds,
  cpu: (cpu.client + cpu.postgres + cpu.broker) / count,
});

async function publishRaw({ stand, broker }: Place, from: number, count: number): Promise<Cost> {
  const cost = await costOf({ client: { pid: process.pid }, ...stand.servers }, () =>
    fill(broker, WORK, { from, count }, { failedIn: WORK, window: WINDOW }),
  );
  checkLedger("raw publish", from, count, await consume(broker, WORK, count));
  return cost;
}

/** From the click until the operation is finished: all are confirmed, and every attempt is on record. */
async function resendOurs({ stand, broker, source, worker }: Place, from: number, count: number): Promise<Cost> {
  await clearTables(stand.pool);
  await storeDead(stand, source, { queue: QUEUE, failedIn: WORK }, { from, count });
  const asOf = await asOfNow(stand);
  await stand.pool.sql`analyze`;
  const cost = await costOf({ client: { pid: worker.pid }, ...stand.servers }, async () => {
    const operationId = await orderResend(stand, { by: "filter", filter: { source: source.sourceId, state: ["dead"] } }, count, asOf);
    await eventually(
      async () => {
        const [row] = await stand.pool.sql<{ state: string }[]>`select state from operations where id = ${operationId}`;
        if (row?.state !== "finished") throw new Error(`the operation is ${row?.state}\n${worker.tail()}`);
      },
      { timeoutMs: 300_000, intervalMs: 20 },
    );
  });
  const [row] = await stand.pool.sql<{ count: number }[]>`select count(*)::int as count from attempts where outcome = 'confirmed'`;
  if (row?.count !== count) throw new Error(`${row?.count} confirmed attempts of ${count} are on record`);
  checkLedger("ours", from, count, await consume(broker, WORK, count));
  await assertEmpty(broker, WORK);
  return cost;
}

/** RabbitMQ's shovel, acking on confirm: from its declaration until the last message has arrived. */
async function shovel({ stand, broker }: Place, from: number, count: number): Promise<Cost> {
  const { rabbit, servers } = stand;
  await fill(broker, QUEUE, { from, count }, { failedIn: WORK });
  const login = { username: rabbit.username, password: rabbit.password };
  const path = `/api/parameters/shovel/${encodeURIComponent(rabbit.vhost)}/bench`;
  const uri = `amqp://${login.username}:${login.password}@${rabbit.host}:${rabbit.port}`;
  const value = {
    "src-protocol": "amqp091", "src-uri": uri, "src-queue": QUEUE, "src-prefetch-count": WINDOW,
    "dest-protocol": "amqp091", "dest-uri": uri, "dest-queue": SHOVELLED, "ack-mode": "on-confirm",
  }; // prettier-ignore
  const cost = await costOf({ client: { pid: process.pid }, ...servers }, async () => {
    await management(rabbit.managementUrl, path, { ...login, method: "PUT", body: { value } });
    await eventually(
      async () => {
        const { messageCount } = await broker.channel.checkQueue(SHOVELLED);
        if (messageCount < count) throw new Error(`${messageCount} of ${count} are shovelled`);
      },
      { timeoutMs: 300_000, intervalMs: 20 },
    );
  });
  await management(rabbit.managementUrl, path, { ...login, method: "DELETE" });
  checkLedger("shovel", from, count, await consume(broker, SHOVELLED, count));
  await eventually(() => assertEmpty(broker, QUEUE));
  return cost;
}

function report(rounds: readonly Round[], count: number, memory: number): void {
  const rate = (leg: keyof Round): string =>
    `${spread(rounds.map((round) => round[leg].rate), 0)} msg/s, CPU ${spread(rounds.map((round) => round[leg].cpu), 0)} us/msg`;
  const ratio = (to: "raw" | "shovel"): string => {
    const ratios = rounds.map((round) => round.ours.rate / round[to].rate);
    return `${spread(ratios)}, lower quartile ${quantile(ratios, 0.25).toFixed(2)}`;
  };
  print(`Resend of ${count} messages of 1 KiB, ${rounds.length} rounds: median [range]`, [
    ["raw publish with confirms", rate("raw")],
    ["shovel, on-confirm", rate("shovel")],
    ["ours, every attempt on record", rate("ours")],
    ["ours / raw", ratio("raw")],
    ["ours / shovel", ratio("shovel")],
    ["worker's peak memory", `${memory.toFixed(0)} MiB`],
  ]);
}
