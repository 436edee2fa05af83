import { makePartitions } from "#db/queries/partitions.ts";
import { eventually } from "#test/eventually.ts";
import { startWorker } from "#test/worker-process.ts";
import { makeQueue, openBroker } from "./broker.ts";
import { addRoute, allDelivered, clearDeliveries, putDeliveries } from "./deliveries.ts";
import { print, quantile, spread } from "./figures.ts";
import { checkLedger } from "./messages.ts";
import { startSink, type Sink } from "./sink-process.ts";
import { registerSource, type Stand } from "./stand.ts";

const ROUTES = 99;
/** At once of each of the others: all of them together stay below what an endpoint's backlog takes. */
const IN_FLIGHT = 4;
const HANGING_AT_ONCE = 32;
/** ms after which a try at the hanging destination is given up. */
const PATIENCE_MS = 4_000;
const DUE_MS = 4_000;
const LATER = new Date("2100-01-01T00:00:00Z");

export type HangingOptions = { readonly rounds: number; readonly count: number };

/**
 * What 99 routes deliver while the destination of a hundredth takes every request and answers none, beside the same without it.
 * That route has no breaker, which would spare the others. Throws when a message is lost or doubled.
 */
export async function benchHanging(stand: Stand, { rounds, count }: HangingOptions): Promise<void> {
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
  for (let n = 0; n < ROUTES; n++) routes.push(await make(`bench.hanging.${n}`, sink, "/0"));
  await using worker = await startWorker(stand);
  const each = Math.ceil(count / ROUTES);

  /** Messages a second of the 99. */
  const run = async (from: number, withHanging: boolean): Promise<number> => {
    await clearDeliveries(sql);
    const due = new Date(Date.now() + DUE_MS);
    if (withHanging) await putDeliveries(sql, hanging, { from: 900_000_000, count: 10 * HANGING_AT_ONCE, due });
    for (const [n, routeId] of routes.entries()) await putDeliveries(sql, routeId, { from: from + n * each, count: each, due });
    const seconds = await allDelivered(sql, routes, ROUTES * each);
    checkLedger("hanging", from, ROUTES * each, await sink.ids());
    if (withHanging) await assertHangs(stand, hanging);
    return (ROUTES * each) / seconds;
  };

  const done: { without: number; with: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const from = round * 4 * count;
    // which comes first is exchanged
    const first = await run(from, round % 2 === 1);
    const second = await run(from + 2 * count, round % 2 === 0);
    const figures = round % 2 === 0 ? { without: first, with: second } : { without: second, with: first };
    console.log(`hanging round ${round === 0 ? "warm-up" : round}: ${figures.without.toFixed(0)}/s without, ${figures.with.toFixed(0)}/s with`);
    if (round > 0) done.push(figures);
  }
  if (done.length === 0) throw new Error(`nothing was measured:\n${worker.tail()}`);
  const ratios = done.map((round) => round.with / round.without);
  print(`${ROUTES} routes beside one whose destination hangs, ${rounds} rounds of ${ROUTES * each} messages: median [range]`, [
    ["without it", `${spread(done.map((round) => round.without), 0)} msg/s`],
    ["with it", `${spread(done.map((round) => round.with), 0)} msg/s`],
    ["with / without", `${spread(ratios)}, lower quartile ${quantile(ratios, 0.25).toFixed(2)}`],
  ]);
}

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
