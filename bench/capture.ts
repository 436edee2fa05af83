import { startWorker, type WorkerProcess } from "#test/worker-process.ts";
import { eventually } from "#test/eventually.ts";
import { assertEmpty, consume, fill, makeQueue, openBroker, type Broker } from "./broker.ts";
import { print, quantile, spread } from "./figures.ts";
import { checkLedger, decodedRow, ID_IN_SQL } from "./messages.ts";
import { makeNaiveTable, naiveCapture } from "./naive-capture.ts";
import { costOf, peakMemory, type Cost, type Cpu } from "./process-cost.ts";
import { rawInsert } from "./raw-insert.ts";
import { clearTables, registerSource, type Source, type Stand } from "./stand.ts";

const QUEUE = "bench.dlq";

type Leg = "raw consume" | "raw insert" | "ours" | "naive";
/** Messages a second, and microseconds of processor time a message. */
type Figures = { readonly rate: number; readonly cpu: Cpu };
type Round = Readonly<Record<Leg, Figures>>;

export type CaptureOptions = { readonly rounds: number; readonly count: number };

/** Capture beside its raw limits and beside a script, all in one run. Throws when a message is lost or doubled. */
export async function benchCapture(stand: Stand, { rounds, count }: CaptureOptions): Promise<void> {
  await using broker = await openBroker(stand.rabbit);
  await makeQueue(broker, QUEUE);
  await makeNaiveTable(stand.databaseUrl);
  const source = await registerSource(stand, QUEUE);
  await using worker = await startWorker(stand);
  const place = { stand, broker, source, worker };
  const done: Round[] = [];
  // the first round warms caches and the compiler, and does not count
  for (let round = 0; round <= rounds; round++) {
    const figures = await oneRound(place, round * 10 * count, count);
    console.log(`capture round ${round === 0 ? "warm-up" : round}: ${line(figures)}`);
    if (round > 0) done.push(figures);
  }
  report(done, await peakMemory(worker.pid), count);
}

type Place = { readonly stand: Stand; readonly broker: Broker; readonly source: Source; readonly worker: WorkerProcess };

async function oneRound(place: Place, from: number, count: number): Promise<Round> {
  const fewer = Math.ceil(count / 5);
  return {
    "raw consume": figures(count, await consumeRaw(place, from, count)),
    ours: figures(count, await captureOurs(place, from + count, count)),
    "raw insert": figures(count, await insertRaw(place, from + 2 * count, count)),
    naive: figures(fewer, await captureNaively(place, from + 3 * count, fewer)),
  };
}

const figures = (count: number, { seconds, cpu }: Cost): Figures => ({
  rate: count / seconds,
  cpu: { client: cpu.client / count, postgres: cpu.postgres / count, broker: cpu.broker / count },
});

const withSelf = ({ stand }: Place) => ({ client: { pid: process.pid }, ...stand.servers });

async function consumeRaw(place: Place, from: number, count: number): Promise<Cost> {
  await fill(place.broker, QUEUE, { from, count });
  let ids: string[] = [];
  const cost = await costOf(withSelf(place), async () => {
    ids = await consume(place.broker, QUEUE, count);
  });
  checkLedger("raw consume", from, count, ids);
  return cost;
}

async function insertRaw(place: Place, from: number, count: number): Promise<Cost> {
  const { stand, source } = place;
  await clearTables(stand.pool);
  const rows = Array.from({ length: count }, (_, i) => decodedRow(from + i, QUEUE));
  const [group] = await stand.pool.sql<{ id: string }[]>`select id from groups where source_id = ${source.sourceId} limit 1`;
  const cost = await costOf(withSelf(place), () => rawInsert(stand.databaseUrl, source, group?.id ?? "", rows));
  checkLedger("raw insert", from, count, await storedIds(stand));
  return cost;
}

async function storedIds({ pool }: Stand): Promise<string[]> {
  const rows = await pool.sql<{ id: string }[]>`
    select ${pool.sql.unsafe(ID_IN_SQL)} as id from messages
    join deaths on deaths.id = last_death_id join bodies on bodies.id = deaths.body_id where state = 'dead'`;
  return rows.map(({ id }) => id);
}

/** From the moment the worker holds the source's lease until the broker has taken its last ack. */
async function captureOurs({ stand, broker, source, worker }: Place, from: number, count: number): Promise<Cost> {
  await fill(broker, QUEUE, { from, count });
  await clearTables(stand.pool);
  const { sql } = stand.pool;
  const lease = `capture:${source.sourceId}`;
  await sql`update sources set captured = 0, capturing = true where id = ${source.sourceId}`;
  let seconds = 0;
  const { cpu } = await costOf({ client: { pid: worker.pid }, ...stand.servers }, async () => {
    const began = await leaseTaken(stand, lease);
    seconds = (await allAccepted(stand, source, count)) - began;
  });
  await sql`update sources set capturing = false where id = ${source.sourceId}`;
  await eventually(async () => (await sql`select 1 from leases where name = ${lease} and until > now()`).length === 0);
  checkLedger("ours", from, count, await storedIds(stand));
  await assertEmpty(broker, QUEUE);
  return { seconds, cpu };
}

/** Seconds since the epoch by Postgres's clock: a lease that was never renewed was taken ten seconds before its end. */
const leaseTaken = ({ pool }: Stand, name: string): Promise<number> =>
  eventually(async () => {
    const [row] = await pool.sql<{ at: number }[]>`
      select extract(epoch from until)::float8 - 10 as at from leases where name = ${name} and until > now()`;
    if (row === undefined) throw new Error("the worker has not taken the source");
    return row.at;
  });

const allAccepted = ({ pool }: Stand, { sourceId }: Source, count: number): Promise<number> =>
  eventually(
    async () => {
      const [row] = await pool.sql<{ captured: number; open: number; at: number }[]>`
        select captured, (select count(*)::int from capture_batches where accepted_at is null) as open,
          (select extract(epoch from max(accepted_at))::float8 from capture_batches) as at
        from sources where id = ${sourceId}`;
      if (row?.captured !== count || row.open > 0) throw new Error(`${row?.captured} of ${count} are captured`);
      return row.at;
    },
    { timeoutMs: 180_000, intervalMs: 50 },
  );

async function captureNaively(place: Place, from: number, count: number): Promise<Cost> {
  const { stand, broker } = place;
  await fill(broker, QUEUE, { from, count });
  await stand.pool.sql`truncate naive`;
  await stand.pool.sql`checkpoint`;
  let ids: string[] = [];
  const cost = await costOf(withSelf(place), async () => {
    ids = await naiveCapture(broker, stand.databaseUrl, QUEUE, count);
  });
  await broker.channel.purgeQueue(QUEUE);
  checkLedger("naive", from, count, ids);
  const [row] = await stand.pool.sql<{ count: number }[]>`select count(*)::int as count from naive`;
  if (row?.count !== count) throw new Error(`naive: ${row?.count} rows of ${count}`);
  return cost;
}

const toLimit = (round: Round): number => round.ours.rate / Math.min(round["raw consume"].rate, round["raw insert"].rate);
const toSeries = (round: Round): number => round.ours.rate * (1 / round["raw consume"].rate + 1 / round["raw insert"].rate);
const toNaive = (round: Round): number => round.ours.rate / round.naive.rate;
const total = ({ cpu }: Figures): number => cpu.client + cpu.postgres + cpu.broker;
/** Processor time of ours beside that of consuming and inserting alone: it hardly depends on who else uses the machine. */
const cpuToRaw = (round: Round): number => total(round.ours) / (total(round["raw consume"]) + total(round["raw insert"]));
const cpuOfNaive = (round: Round): number => total(round.naive) / total(round.ours);

const LEGS: readonly Leg[] = ["raw consume", "raw insert", "ours", "naive"];

const line = (round: Round): string =>
  LEGS.map((leg) => `${leg} ${round[leg].rate.toFixed(0)}/s ${total(round[leg]).toFixed(0)} us`).join(", ");

function report(rounds: readonly Round[], memory: number, count: number): void {
  const cpu = (leg: Leg, of: keyof Cpu): string => spread(rounds.map((round) => round[leg].cpu[of]), 0);
  print(`Capture, ${rounds.length} rounds of ${count} messages of 1 KiB: median [range]`, [
    ...LEGS.map((leg) => [leg, `${spread(rounds.map((round) => round[leg].rate), 0)} msg/s`] as const),
    ["ours / min(consume, insert)", `${spread(rounds.map(toLimit))}, lower quartile ${quantile(rounds.map(toLimit), 0.25).toFixed(2)}`],
    ["ours / both in series", spread(rounds.map(toSeries))],
    ["ours / naive", spread(rounds.map(toNaive), 1)],
    ...LEGS.map((leg) => [`${leg}: CPU us/msg`, `client ${cpu(leg, "client")}, Postgres ${cpu(leg, "postgres")}, broker ${cpu(leg, "broker")}`] as const),
    ["CPU of ours / consume + insert", spread(rounds.map(cpuToRaw))],
    ["CPU of naive / ours", spread(rounds.map(cpuOfNaive), 1)],
    ["worker's peak memory", `${memory.toFixed(0)} MiB`],
  ]);
}
