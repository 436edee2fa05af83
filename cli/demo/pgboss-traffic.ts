import { PgBoss, type JobResult, type JobWithMetadata } from "pg-boss";
import { oneIn, pick } from "./chance.ts";
import { errorOf, judge } from "./failures.ts";
import { makeEmail, makeOrder, makePayment, type Goods } from "./goods.ts";
import { inBackground, pause, produce, type TrafficOptions } from "./pace.ts";
import { ROUTED_QUEUE, SENT_TWICE } from "./routed-orders.ts";

export const DEMO_SCHEMA = "demo_pgboss";

type Shop = { readonly queue: string; readonly service: string; readonly make: () => Goods };

const QUEUES: readonly Shop[] = [
  { queue: "orders", service: "inventory", make: makeOrder },
  { queue: "payments", service: "payments", make: makePayment },
  { queue: "emails", service: "smtp", make: makeEmail },
];
const DAY = 86_400;

/**
 * Producers and consumers of a small shop on pg-boss, in the schema `demo_pgboss` of the database at `url`. About one
 * job in ten dies into `orders.dlq`, `payments.dlq` or `emails.dlq`. Begins in the background, survives a database
 * that is away, and never throws. Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on pg-boss", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const boss = new PgBoss({ connectionString: url, schema: DEMO_SCHEMA, max: 4, schedule: false, application_name: "redrive demo" });
  boss.on("error", (error) => log(`sample traffic on pg-boss: ${error.message}`));
  try {
    await boss.start();
    for (const { queue } of QUEUES) await open(boss, queue);
    await boss.createQueue(ROUTED_QUEUE, { deleteAfterSeconds: DAY, retentionSeconds: DAY });
    for (const shop of QUEUES) await consume(boss, shop);
    log(`sample traffic on pg-boss: ${rate} jobs/s on ${QUEUES.map(({ queue }) => queue).join(", ")} in schema ${DEMO_SCHEMA}`);
    await produce(rate, signal, () => send(boss, signal));
  } finally {
    await boss.stop({ graceful: false }).catch(() => undefined);
  }
}

async function open(boss: PgBoss, queue: string): Promise<void> {
  await boss.createQueue(`${queue}.dlq`, { retentionSeconds: 30 * DAY });
  await boss.createQueue(queue, { deadLetter: `${queue}.dlq`, retryLimit: 2, retryDelay: 1, expireInSeconds: 60, deleteAfterSeconds: DAY });
}

/** pg-boss makes its connections anew; what was not sent meanwhile is not missed. */
async function send(boss: PgBoss, signal: AbortSignal): Promise<void> {
  const { queue, make } = pick(QUEUES);
  const data = make();
  const group = (data["customer"] as Goods | undefined)?.["id"];
  try {
    const options = typeof group === "string" ? { group: { id: group } } : {};
    await boss.send(queue, data, options);
    if (queue !== "orders") return;
    for (let times = oneIn(SENT_TWICE) ? 2 : 1; times > 0; times -= 1) await boss.send(ROUTED_QUEUE, data, options);
  } catch {
    await pause(1_000, signal);
  }
}

async function consume(boss: PgBoss, shop: Shop): Promise<void> {
  await boss.work<Goods, object, { includeMetadata: true; perJobResults: true; batchSize: number; pollingIntervalSeconds: number }>(
    shop.queue,
    { includeMetadata: true, perJobResults: true, batchSize: 50, pollingIntervalSeconds: 0.5 },
    async (jobs) => jobs.map((job) => work(shop, job)),
  );
}

function work(shop: Shop, job: JobWithMetadata<Goods>): JobResult<object> {
  // A job sent again after a death has the root of that chain; pg-boss gives it none at first.
  const resent = job.sourceRootId !== null && job.sourceRootId !== undefined;
  const failed = judge(shop.service, { seed: job.id, resent, data: job.data, now: new Date() });
  if (failed === null) return { id: job.id, status: "completed", output: { ok: true } };
  return { id: job.id, status: failed.retryable ? "failed" : "deadletter", output: errorOf(failed) };
}
