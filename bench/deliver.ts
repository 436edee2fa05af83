import { Agent } from "undici";
import { makePartitions } from "#db/queries/partitions.ts";
import { startWorker, type WorkerProcess } from "#test/worker-process.ts";
import { fill, makeQueue, openBroker, type Broker } from "./broker.ts";
import { addRoute, allDelivered, clearDeliveries, putDeliveries, type BenchRoute } from "./deliveries.ts";
import { print, quantile, spread } from "./figures.ts";
import { bodyOf, checkLedger, idIn } from "./messages.ts";
import { costOf, peakMemory, type Cost, type Cpu } from "./process-cost.ts";
import { startSink, type Sink } from "./sink-process.ts";
import { registerSource, type Stand } from "./stand.ts";

const IN_FLIGHT = 32;
/** ms that the slower destination takes to answer. */
const SLOW_MS = 20;
/** ms until stored deliveries are due: the worker is to begin after they are stored. */
const DUE_MS = 2_500;
const QUEUE = "bench.route";

const LEGS = ["raw", "ours", "raw slow", "ours slow", "raw from queue", "ours from queue"] as const;
type Leg = (typeof LEGS)[number];
/** Messages a second, and microseconds of processor time a message; `broker` is the sink. */
type Figures = { readonly rate: number; readonly cpu: Cpu };
type Round = Readonly<Record<Leg, Figures>>;

export type DeliverOptions = { readonly rounds: number; readonly count: number };

type Place = {
  readonly stand: Stand;
  readonly broker: Broker;
  readonly sink: Sink;
  readonly worker: WorkerProcess;
  readonly agent: Agent;
  readonly fast: BenchRoute;
  readonly slow: BenchRoute;
};

/**
 * Delivery over HTTP by a worker, a row a try, beside a bare loop of POSTs to the same endpoint in another process. `ours` is
 * delivery alone (claim, try, send, verdict) of what is stored; `from queue` begins in RabbitMQ, the bare loop acks after its
 * POST. Throws when a message is lost or doubled, at the sink or on record.
 */
export async function benchDeliver(stand: Stand, { rounds, count }: DeliverOptions): Promise<void> {
  await makePartitions(stand.pool.sql, Date.now());
  await using broker = await openBroker(stand.rabbit);
  await using sink = await startSink();
  const agent = new Agent({ connections: IN_FLIGHT, pipelining: 1 });
  const [fastQueue, slowQueue] = [QUEUE, `${QUEUE}.slow`];
  for (const queue of [fastQueue, slowQueue]) await makeQueue(broker, queue);
  const connection = await registerSource(stand, `${QUEUE}.unused`);
  const routeTo = (queue: string, path: string) =>
    addRoute(stand, connection, queue, { destination: { kind: "http", url: `${sink.origin}${path}`, allowPrivate: ["127.0.0.0/8"] }, limits: { inFlight: IN_FLIGHT, waiting: 1_000_000 } });
  const [fast, slow] = [await routeTo(fastQueue, "/0"), await routeTo(slowQueue, `/${SLOW_MS}`)];
  await using worker = await startWorker(stand);
  const place: Place = { stand, broker, sink, worker, agent, fast, slow };
  const done: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const figures = await oneRound(place, round * 10 * count, count);
    console.log(`deliver round ${round === 0 ? "warm-up" : round}: ${LEGS.map((leg) => `${leg} ${figures[leg].rate.toFixed(0)}/s ${total(figures[leg]).toFixed(0)} us`).join(", ")}`);
    if (round > 0) done.push(figures);
  }
  await agent.close();
  report(done, await peakMemory(worker.pid), count);
}

async function oneRound(place: Place, from: number, count: number): Promise<Round> {
  const fewer = Math.ceil(count / 2);
  return {
    raw: await raw(place, "/0", { from, count }),
    ours: await ours(place, place.fast, { from: from + count, count }),
    "raw slow": await raw(place, `/${SLOW_MS}`, { from: from + 2 * count, count: fewer }),
    "ours slow": await ours(place, place.slow, { from: from + 3 * count, count: fewer }),
    "raw from queue": await rawFromQueue(place, { from: from + 4 * count, count }),
    "ours from queue": await oursFromQueue(place, { from: from + 5 * count, count }),
  };
}

type Numbers = { readonly from: number; readonly count: number };

/** The processes of a leg: the bare loop runs in this one. */
const watched = ({ stand, sink, worker }: Place, by: "ours" | "raw") => ({
  client: { pid: by === "ours" ? worker.pid : process.pid },
  postgres: stand.servers.postgres,
  broker: { pid: sink.pid },
});

const figures = (count: number, { cpu }: Cost, seconds: number): Figures => ({
  rate: count / seconds,
  cpu: { client: cpu.client / count, postgres: cpu.postgres / count, broker: cpu.broker / count },
});

/** One POST, with the headers a route's have; its answer is read to the end. */
async function post({ agent, sink }: Place, path: string, body: Buffer): Promise<void> {
  const headers = {
    "user-agent": "bench",
    "accept-encoding": "identity",
    "content-type": "application/json",
    "webhook-id": idIn(body),
    "webhook-timestamp": String(Math.floor(Date.now() / 1_000)),
    "redrive-attempt": "1",
    "redrive-route": QUEUE,
  };
  const answer = await agent.request({ origin: sink.origin, path, method: "POST", headers, body });
  await answer.body.dump();
  if (answer.statusCode !== 200) throw new Error(`the sink answered ${answer.statusCode}`);
}

async function raw(place: Place, path: string, { from, count }: Numbers): Promise<Figures> {
  const bodies = Array.from({ length: count }, (_, i) => bodyOf(from + i));
  let at = 0;
  const loop = async (): Promise<void> => {
    for (let body = bodies[at++]; body !== undefined; body = bodies[at++]) await post(place, path, body);
  };
  const cost = await costOf(watched(place, "raw"), () => Promise.all(Array.from({ length: IN_FLIGHT }, loop)));
  checkLedger(`raw ${path}`, from, count, await place.sink.ids());
  return figures(count, cost, cost.seconds);
}

async function ours(place: Place, { routeId }: BenchRoute, { from, count }: Numbers): Promise<Figures> {
  const { sql } = place.stand.pool;
  await clearDeliveries(sql);
  await putDeliveries(sql, routeId, { from, count, due: new Date(Date.now() + DUE_MS) });
  let seconds = 0;
  const cost = await costOf(watched(place, "ours"), async () => {
    seconds = await allDelivered(sql, [routeId], count);
  });
  checkLedger("ours", from, count, await place.sink.ids());
  return figures(count, cost, seconds);
}

/** What a script does: takes as many as are under way at once, acks each after its POST. */
async function rawFromQueue(place: Place, { from, count }: Numbers): Promise<Figures> {
  await fill(place.broker, QUEUE, { from, count });
  const channel = await place.broker.model.createChannel();
  await channel.prefetch(IN_FLIGHT);
  const cost = await costOf(watched(place, "raw"), async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    let left = count;
    await channel.consume(QUEUE, (message) => {
      if (message === null) return reject(new Error("the consumer was cancelled"));
      const acked = post(place, "/0", message.content).then(() => channel.ack(message));
      acked.then(() => --left === 0 && resolve(), reject);
    });
    await promise;
    // answered after the acks
    await channel.checkQueue(QUEUE);
  });
  await channel.close();
  checkLedger("raw from queue", from, count, await place.sink.ids());
  return figures(count, cost, cost.seconds);
}

/** From the moment the worker holds the queue's lease. */
async function oursFromQueue(place: Place, { from, count }: Numbers): Promise<Figures> {
  const { sql } = place.stand.pool;
  const { routeId, sourceId } = place.fast;
  await fill(place.broker, QUEUE, { from, count });
  await clearDeliveries(sql);
  await sql`update sources set capturing = true where id = ${sourceId}`;
  let seconds = 0;
  const cost = await costOf(watched(place, "ours"), async () => {
    await allDelivered(sql, [routeId], count);
    const [row] = await sql<{ seconds: number }[]>`
      select extract(epoch from (select max(finished_at) from delivery_attempts) - min(began_at))::float8 as seconds from (
        select min(received_at) as began_at from deliveries where route_id = ${routeId}) as first`;
    seconds = row?.seconds ?? Number.NaN;
  });
  await sql`update sources set capturing = false where id = ${sourceId}`;
  checkLedger("ours from queue", from, count, await place.sink.ids());
  return figures(count, cost, seconds);
}

const total = ({ cpu }: Figures): number => cpu.client + cpu.postgres + cpu.broker;

function report(rounds: readonly Round[], memory: number, count: number): void {
  const cpu = (leg: Leg, of: keyof Cpu): string => spread(rounds.map((round) => round[leg].cpu[of]), 0);
  const ratios = (a: Leg, b: Leg): string => {
    const values = rounds.map((round) => round[a].rate / round[b].rate);
    return `${spread(values)}, lower quartile ${quantile(values, 0.25).toFixed(2)}`;
  };
  print(`Delivery over HTTP, ${IN_FLIGHT} at once, ${rounds.length} rounds of ${count} messages of 1 KiB: median [range]`, [
    ...LEGS.map((leg) => [leg, `${spread(rounds.map((round) => round[leg].rate), 0)} msg/s`] as const),
    ["ours / raw", ratios("ours", "raw")],
    [`ours / raw, ${SLOW_MS} ms an answer`, ratios("ours slow", "raw slow")],
    ["ours / raw, from the queue", ratios("ours from queue", "raw from queue")],
    ...LEGS.map((leg) => [`${leg}: CPU us/msg`, `client ${cpu(leg, "client")}, Postgres ${cpu(leg, "postgres")}, sink ${cpu(leg, "broker")}`] as const),
    ["CPU of ours / raw", spread(rounds.map((round) => total(round.ours) / total(round.raw)))],
    ["worker's peak memory", `${memory.toFixed(0)} MiB`],
  ]);
}
