import { makePartitions } from "#db/queries/partitions.ts";
import { eventually } from "#test/eventually.ts";
import { startWorker } from "#test/worker-process.ts";
import { makeQueue, openBroker } from "./broker.ts";
import { addRoute, allDelivered, clearDeliveries, putDeliveries } from "./deliveries.ts";
import { print, quantile, spread } from "./figures.ts";
import { checkLedger } from "./messages.ts";
import { costOf } from "./process-cost.ts";
import { startSink, type Sink } from "./sink-process.ts";
import { registerSource, type Stand } from "./stand.ts";

const ROUTES = 99;
const IN_FLIGHT = 2;
/** ms that the others' destination takes to answer: it sets their pace, well below what the machine can do, so that a rate is no measure of other work on it. */
const ANSWER_MS = 500;
const HANGING_AT_ONCE = 32;
/** ms after which a try at the hanging destination is given up. */
const PATIENCE_MS = 4_000;
const DUE_MS = 4_000;
const LATER = new Date("2100-01-01T00:00:00Z");

export type HangingOptions = { readonly rounds: number; readonly count: number };
type Run = { readonly rate: number; readonly cpu: number };

/**
 * What 99 routes deliver, `count` messages in all, while the destination of a hundredth takes every request and answers none,
 * beside the same without it. That route has no breaker, which would spare the others. Throws when a message is lost or doubled.
 */
export async function benchHanging(stand: Stand, { rounds, count: wanted }: HangingOptions): Promise<void> {
  const { sql } = stand.pool;
  await makePartitions(sql, Date.now());
  await using broker = await openBroker(stand.rabbit);
  await using sink = await startSink();
  await using other = await startSink();
  const connection = await registerSource(stand, "bench.hanging.unused");
  const make = async (queue: string, to: Sink, path: string, more: object = {}) => {
    await makeQueue(broker, queue);
    const destination = { kind: "http" as const, url: `${to.origin}${path}`, allowPrivate: ["127.0.0.0/8"], ...(path === "/hang" ? { headTimeoutMs: PATIENCE_MS } : {}) };
    return (await addRoute(stand, connection, queue, { destination, limits: { inFlight: IN_FLIGHT }, ...more })).routeId;
  };
  const hanging = await make("bench.hanging", other, "/hang", { breaker: null, limits: { inFlight: HANGING_AT_ONCE }, retry: { baseMs: 600_000, capMs: 600_000 } });
  const routes: string[] = [];
  for (let n = 0; n < ROUTES; n++) routes.push(await make(`bench.hanging.${n}`, sink, `/${ANSWER_MS}`));
  await using worker = await startWorker(stand);
  const watched = { client: { pid: worker.pid }, postgres: stand.servers.postgres, broker: { pid: sink.pid } };
  const each = Math.ceil(wanted / ROUTES);
  const count = ROUTES * each;

  /** Of the 99: messages a second, and microseconds of processor time a message. */
  const run = async (from: number, withHanging: boolean): Promise<Run> => {
    await clearDeliveries(sql);
    const due = new Date(Date.now() + DUE_MS);
    if (withHanging) await putDeliveries(sql, hanging, { from: 900_000_000, count: 10 * HANGING_AT_ONCE, due });
    for (const [n, routeId] of routes.entries()) await putDeliveries(sql, routeId, { from: from + n * each, count: each, due });
    let seconds = 0;
    const cost = await costOf(watched, async () => {
      seconds = await allDelivered(sql, routes, count);
    });
    checkLedger("hanging", from, count, await sink.ids());
    if (withHanging) await assertHangs(stand, hanging);
    return { rate: count / seconds, cpu: (cost.cpu.client + cost.cpu.postgres + cost.cpu.broker) / count };
  };

  const done: { without: Run; with: Run }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const from = round * 2 * count;
    // which comes first is exchanged
    const first = await run(from, round % 2 === 1);
    const second = await run(from + count, round % 2 === 0);
    const pair = round % 2 === 0 ? { without: first, with: second } : { without: second, with: first };
    console.log(`hanging pair ${round === 0 ? "warm-up" : round}: ${inWords(pair.without)} without, ${inWords(pair.with)} with`);
    if (round > 0) done.push(pair);
  }
  const ratios = done.map((pair) => pair.with.rate / pair.without.rate);
  print(`${ROUTES} routes beside one whose destination hangs, ${rounds} pairs of ${count} messages, ${ANSWER_MS} ms an answer: median [range]`, [
    ["pace of the destination", `${((ROUTES * IN_FLIGHT * 1_000) / ANSWER_MS).toFixed(0)} msg/s`],
    ["without it", `${spread(done.map((pair) => pair.without.rate), 0)} msg/s`],
    ["with it", `${spread(done.map((pair) => pair.with.rate), 0)} msg/s`],
    ["with / without", `${spread(ratios, 3)}, lower quartile ${quantile(ratios, 0.25).toFixed(3)}`],
    ["CPU with / without", spread(done.map((pair) => pair.with.cpu / pair.without.cpu))],
  ]);
}

const inWords = ({ rate, cpu }: Run): string => `${rate.toFixed(1)}/s ${cpu.toFixed(0)} us`;

/** It has tried, nothing came through, and it is quiet again when this resolves. */
async function assertHangs({ pool: { sql } }: Stand, routeId: string): Promise<void> {
  await sql`update deliveries set due_at = ${LATER} where route_id = ${routeId} and state in ('pending', 'retrying')`;
  await eventually(
    async () => {
      const [row] = await sql<{ busy: number }[]>`select count(*)::int as busy from deliveries where route_id = ${routeId} and state = 'delivering'`;
      if (row?.busy !== 0) throw new Error(`${row?.busy} tries still hang`);
    },
    { timeoutMs: 30_000, intervalMs: 200 },
  );
  const [row] = await sql<{ tries: number; confirmed: number }[]>`
    select count(*)::int as tries, count(*) filter (where outcome = 'confirmed')::int as confirmed from delivery_attempts where route_id = ${routeId}`;
  if (row === undefined || row.tries < HANGING_AT_ONCE || row.confirmed > 0) throw new Error(`it was to hang: ${JSON.stringify(row)}`);
}
