import { connect, type Database } from "#db/client.ts";
import { migrate } from "#db/migrate.ts";
import { claimDeliveries } from "#db/queries/deliveries-claim.ts";
import { makePartitions } from "#db/queries/partitions.ts";
import { median, print, quantile, spread } from "./figures.ts";
import type { Stand } from "./stand.ts";

/** Retries that wait for their time, a database each. */
const SIZES = [1_000, 10_000, 100_000, 1_000_000] as const;
/** Deliveries of one claim: what a route has under way by default. */
const LIMIT = 32;
const CLAIMS = 50;

export type ClaimsOptions = { readonly rounds: number };

type Queue = { readonly size: number; readonly database: Database; readonly routeId: string };

/** What a claim costs while ever more retries are scheduled for later, every size in turn. Throws when a claim takes another number than is due. */
export async function benchClaims(stand: Stand, { rounds }: ClaimsOptions): Promise<void> {
  const queues: Queue[] = [];
  try {
    for (const size of SIZES) queues.push(await makeQueue(stand, size));
    const done: number[][] = [];
    for (let round = 0; round <= rounds; round++) {
      const costs = await oneRound(queues);
      const figures = SIZES.map((size) => median(costs.get(size) ?? []));
      console.log(`claims round ${round === 0 ? "warm-up" : round}: ${figures.map((ms, i) => `${SIZES[i]} ${ms.toFixed(2)} ms`).join(", ")}`);
      if (round > 0) done.push(figures);
    }
    const ofSize = (i: number): number[] => done.map((figures) => figures[i] ?? Number.NaN);
    const ratios = done.map((figures) => (figures.at(-1) ?? Number.NaN) / (figures[0] ?? Number.NaN));
    print(`A claim of ${LIMIT} due deliveries, their tries written: ms, ${rounds} rounds of ${CLAIMS} claims, median of medians [range]`, [
      ...SIZES.map((size, i) => [`${size.toLocaleString("en")} scheduled for later`, spread(ofSize(i))] as const),
      ["1,000,000 / 1,000", `${spread(ratios)}, upper quartile ${quantile(ratios, 0.75).toFixed(2)}`],
    ]);
  } finally {
    await Promise.all(queues.map(({ database }) => database.close()));
  }
}

/** A database with `size` retries that are due within the next days, of one route. */
async function makeQueue({ pool, databaseUrl }: Stand, size: number): Promise<Queue> {
  const name = `claims_${size}`;
  await pool.sql.unsafe(`create database ${name}`);
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  await migrate(url.href);
  const database = connect(url.href, { max: 1, name: "bench claims", statementTimeoutMs: 300_000 });
  await makePartitions(database.sql, Date.now());
  const queue = { size, database, routeId: crypto.randomUUID() };
  await put(queue, size, "now() + (60 + random() * 259200) * interval '1 second'", "retrying");
  // what a claim meets in a database that has been running
  for (const table of ["deliveries", "delivery_contents"]) await database.sql.unsafe(`vacuum analyze ${table}`);
  return queue;
}

async function put({ database: { sql }, routeId }: Queue, count: number, due: string, state: "pending" | "retrying"): Promise<void> {
  await sql`
    with made as (select uuidv7() as id from generate_series(1, ${count})), contents as (
      insert into delivery_contents (id, body, headers, native) select id, '\\x7b7d', '[]', '{}' from made
    )
    insert into deliveries (id, route_id, position, state, due_at, tries, next_trigger, size)
    select id, ${routeId}, nextval('delivery_position'), ${state}, ${sql.unsafe(due)}, ${state === "pending" ? 0 : 1}, ${state === "pending" ? "first" : "automatic"}, 2 from made`;
}

/** Milliseconds of `CLAIMS` claims of each size, one claim of each in turn, of as many as are due. */
async function oneRound(queues: readonly Queue[]): Promise<Map<number, number[]>> {
  for (const queue of queues) await put(queue, CLAIMS * LIMIT, "now()", "pending");
  const costs = new Map(queues.map(({ size }) => [size, [] as number[]]));
  for (let n = 0; n < CLAIMS; n++) {
    for (const queue of n % 2 === 0 ? queues : queues.toReversed()) costs.get(queue.size)?.push(await claim(queue));
  }
  for (const { database } of queues) {
    await database.sql`update deliveries set state = 'succeeded', attempt_id = null, lease_until = null, finished_at = now() where state = 'delivering'`;
  }
  return costs;
}

async function claim({ database: { sql }, routeId }: Queue): Promise<number> {
  const began = performance.now();
  const claimed = await claimDeliveries(sql, { routeId, worker: "bench", limit: LIMIT, maxBytes: 1 << 24, leaseMs: 15_000, maxAgeSeconds: null, maxTries: 10, begin: true, pace: null, probe: false, onlyDoomed: false });
  const cost = performance.now() - began;
  if (claimed.length !== LIMIT) throw new Error(`claimed ${claimed.length} of ${LIMIT} that were due`);
  return cost;
}
