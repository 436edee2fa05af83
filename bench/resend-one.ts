import { listen } from "#db/listen.ts";
import { startWorker } from "#test/worker-process.ts";
import { assertEmpty, consume, makeQueue, openBroker } from "./broker.ts";
import { asOfNow, orderResend } from "./orders.ts";
import { storeDead } from "./dead-messages.ts";
import { median, print, quantile, spread } from "./figures.ts";
import { bodyOf, checkLedger } from "./messages.ts";
import { rawResend, type Steps } from "./raw-resend.ts";
import { clearTables, registerSource, type Stand } from "./stand.ts";

const QUEUE = "bench.one.dlq";
const WORK = "bench.one.work";

export type ResendOneOptions = { readonly rounds: number; readonly each: number };

/** Milliseconds: until the order's transaction was committed, and until its outcome was heard of. */
type Ours = { readonly ordered: number; readonly confirmed: number };
type Round = { readonly ours: readonly Ours[]; readonly raw: readonly Steps[] };

/** One resend after another, ours and raw in turn. */
export async function benchResendOne(stand: Stand, { rounds, each }: ResendOneOptions): Promise<void> {
  await using broker = await openBroker(stand.rabbit);
  for (const queue of [QUEUE, WORK]) await makeQueue(broker, queue);
  const source = await registerSource(stand, QUEUE);
  await using worker = await startWorker(stand);
  const settled = await hearSettled(stand);
  const done: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    await clearTables(stand.pool);
    const from = round * 10 * each;
    const ids = await storeDead(stand, source, { queue: QUEUE, failedIn: WORK }, { from, count: 2 * each });
    const asOf = await asOfNow(stand);
    const figures: { ours: Ours[]; raw: Steps[] } = { ours: [], raw: [] };
    for (let i = 0; i < each; i++) {
      figures.ours.push(await resendOurs(stand, settled, ids[2 * i] as string, asOf));
      const n = from + 2 * i + 1;
      figures.raw.push(await rawResend(stand.pool.sql, broker.channel, { id: ids[2 * i + 1] as string, n, body: bodyOf(n) }, WORK));
    }
    checkLedger("resend one", from, 2 * each, await consume(broker, WORK, 2 * each));
    await assertEmpty(broker, WORK);
    await assertAllResent(stand, 2 * each);
    console.log(`resend one, round ${round === 0 ? "warm-up" : round}: ours ${p50(figures).toFixed(2)} ms, raw ${rawP50(figures).toFixed(2)} ms`);
    if (round > 0) done.push(figures);
  }
  await settled.close();
  report(done, each, worker.tail);
}

type Settled = { readonly next: () => Promise<void>; readonly close: () => Promise<void> };

/** Resolves at each notification that speaks of operations. */
async function hearSettled({ databaseUrl }: Stand): Promise<Settled> {
  let wake = Promise.withResolvers<void>();
  const { close } = await listen(databaseUrl, "bench", (topics) => {
    if (!topics.includes("operations")) return;
    wake.resolve();
    wake = Promise.withResolvers();
  });
  return { next: () => wake.promise, close };
}

async function resendOurs(stand: Stand, settled: Settled, id: string, asOf: number): Promise<Ours> {
  const began = performance.now();
  let heard = settled.next();
  const operationId = await orderResend(stand, { by: "ids", ids: [id] }, 1, asOf);
  const ordered = performance.now() - began;
  for (;;) {
    await heard;
    const confirmed = performance.now() - began;
    heard = settled.next();
    const [row] = await stand.pool.sql<{ outcome: string }[]>`
      select outcome from operation_items where operation_id = ${operationId} and message_id = ${id}`;
    if (row?.outcome === "confirmed") return { ordered, confirmed };
    if (row?.outcome !== "waiting") throw new Error(`a resend ended as ${row?.outcome}`);
  }
}

async function assertAllResent({ pool }: Stand, count: number): Promise<void> {
  const [row] = await pool.sql<{ resent: number; attempts: number }[]>`
    select (select count(*)::int from messages where state = 'resent') as resent,
      (select count(*)::int from attempts where outcome = 'confirmed') as attempts`;
  if (row?.resent !== count || row.attempts !== count) throw new Error(`${JSON.stringify(row)} of ${count} resends are on record`);
}

const total = ({ order, claim, publish, settle }: Steps): number => order + claim + publish + settle;
const p50 = ({ ours }: Round): number => median(ours.map(({ confirmed }) => confirmed));
const rawP50 = ({ raw }: Round): number => median(raw.map(total));

function report(rounds: readonly Round[], each: number, tail: () => string): void {
  const ours = rounds.flatMap((round) => round.ours);
  const raw = rounds.flatMap((round) => round.raw);
  if (ours.length === 0) throw new Error(`nothing was measured:\n${tail()}`);
  const pair = (values: readonly number[]): string => `p50 ${median(values).toFixed(2)} ms, p99 ${quantile(values, 0.99).toFixed(2)} ms`;
  print(`Resend of one message, ${rounds.length} rounds of ${each}`, [
    ["ours: click to confirmed", pair(ours.map(({ confirmed }) => confirmed))],
    ["  of it the order's transaction", pair(ours.map(({ ordered }) => ordered))],
    ["  of it the worker", pair(ours.map(({ ordered, confirmed }) => confirmed - ordered))],
    ["raw: sum of the steps", pair(raw.map(total))],
    ["  order", pair(raw.map(({ order }) => order))],
    ["  claim", pair(raw.map(({ claim }) => claim))],
    ["  publish and confirm", pair(raw.map(({ publish }) => publish))],
    ["  settle", pair(raw.map(({ settle }) => settle))],
    ["p50 of ours / raw, by round", spread(rounds.map((round) => p50(round) / rawP50(round)))],
  ]);
}
