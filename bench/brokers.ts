import type { Cursor } from "#core/brokers/adapter.ts";
import { stamped } from "#core/lineage.ts";
import { storeBatch } from "#db/queries/capture.ts";
import { newId } from "#db/new-id.ts";
import { releaseLease, takeLease } from "#db/queries/leases.ts";
import { toNewDeath } from "#workers/duties/new-death.ts";
import { median, print, spread } from "./figures.ts";
import { bodyOf, decodedRow } from "./messages.ts";
import { rawInsert } from "./raw-insert.ts";
import { clearTables, registerSource, type Source, type Stand } from "./stand.ts";
import { SUBJECTS } from "./subjects/index.ts";
import type { BenchPlace, Subject } from "./subjects/subject.ts";

/** Messages a second of each leg. */
type Round = { readonly rawPublish: number; readonly publish: number; readonly rawConsume: number; readonly capture: number; readonly rawInsert: number };

export type BrokersOptions = { readonly rounds: number; readonly count: number; readonly kinds: readonly string[] };

const LIMITS = { maxBytes: 1024 * 1024, maxCount: 500, maxWaitMs: 10 };
/** As a resend duty hands them over. */
const PUBLISHED_AT_ONCE = 500;

/** Every kind: capture with storing, and bulk publish, beside the bare client in the same run. Throws when a message is lost. */
export async function benchBrokers(stand: Stand, { rounds, count, kinds }: BrokersOptions): Promise<void> {
  const rows: [string, string][] = [];
  for (const subject of SUBJECTS) {
    if (kinds.length > 0 && !kinds.includes(subject.kind)) continue;
    rows.push([subject.kind, await measure(stand, subject, rounds, count)]);
  }
  print(`Capture / min(bare consume, bare insert), and publish / bare publish: ${rounds} rounds of ${count} messages of 1 KiB, median [range]`, rows);
}

async function measure(stand: Stand, subject: Subject, rounds: number, count: number): Promise<string> {
  await using opened = await subject.open();
  const source = await registerSource(stand, `bench ${subject.kind}`);
  const done: Round[] = [];
  for (let round = 0; round <= rounds; round++) {
    const figures = await oneRound(stand, source, opened, count);
    console.log(`${subject.kind} ${round === 0 ? "warm-up" : round}: ${Object.entries(figures).map(([leg, rate]) => `${leg} ${rate.toFixed(0)}/s`).join(", ")}`);
    if (round > 0) done.push(figures);
  }
  const rate = (leg: keyof Round): string => median(done.map((round) => round[leg])).toFixed(0);
  const captured = spread(done.map((round) => round.capture / Math.min(round.rawConsume, round.rawInsert)));
  const published = spread(done.map((round) => round.publish / round.rawPublish));
  return `capture ${captured} (${rate("capture")}/s)   publish ${published} (${rate("publish")}/s of ${rate("rawPublish")}/s)`;
}

type Opened = Awaited<ReturnType<Subject["open"]>>;

async function oneRound(stand: Stand, source: Source, opened: Opened, count: number): Promise<Round> {
  const bodies = Array.from({ length: count }, (_, n) => bodyOf(n));
  const [bare, ours] = [await opened.place(), await opened.place()];
  const rawPublish = await rateOf(count, () => bare.rawPublish(bodies));
  const publish = await rateOf(count, () => publishOurs(opened, ours, bodies));
  const rawConsume = await rateOf(count, async () => {
    const got = await bare.rawConsume(count);
    if (got !== count) throw new Error(`bare consume: ${got} of ${count}`);
  });
  await clearTables(stand.pool);
  const capture = await rateOf(count, () => captureOurs(stand, source, opened, ours, count));
  const [group] = await stand.pool.sql<{ id: string }[]>`select id from groups where source_id = ${source.sourceId} limit 1`;
  await clearTables(stand.pool);
  const rows = Array.from({ length: count }, (_, n) => decodedRow(n, "bench"));
  const insert = await rateOf(count, () => rawInsert(stand.databaseUrl, source, group?.id ?? "", rows));
  return { rawPublish, publish, rawConsume, capture, rawInsert: insert };
}

async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return count / ((performance.now() - began) / 1_000);
}

async function publishOurs({ session }: Opened, { target, native, headers }: BenchPlace, bodies: readonly Buffer[]): Promise<void> {
  for (let at = 0; at < bodies.length; at += PUBLISHED_AT_ONCE) {
    // stamped as every resend is; without it RabbitMQ's adapter sends messages one after the other, since it could not tell which came back
    const messages = bodies.slice(at, at + PUBLISHED_AT_ONCE).map((body) => {
      const attemptId = newId();
      return { attemptId, body, headers: stamped(headers, { messageId: attemptId, count: 1, origin: "bench" }), native };
    });
    const outcomes = await session.publish(messages, target, AbortSignal.timeout(60_000));
    const failed = outcomes.find(({ status }) => status !== "confirmed");
    if (failed !== undefined) throw new Error(`a message was not confirmed: ${JSON.stringify(failed)}`);
  }
}

/** Read, decoded, stored and accepted as the capture duty does it, one batch after the other. */
async function captureOurs({ pool }: Stand, source: Source, { session }: Opened, place: BenchPlace, count: number): Promise<void> {
  const lease = await takeLease(pool.sql, `bench:${crypto.randomUUID()}`, "bench", 300_000);
  if (lease === null) throw new Error("the lease of a random name is taken");
  const stop = new AbortController();
  let stored = 0;
  let accepted: Promise<unknown> = Promise.resolve();
  const cursor: Cursor = null;
  for await (const batch of session.capture(place.source, cursor, LIMITS, stop.signal)) {
    const deaths = batch.deaths.map((raw) => toNewDeath(raw, "bench"));
    stored += (await storeBatch(pool.sql, { ...source, deaths, notices: [], inHand: [], cursor: null, worker: "bench", lease })).fresh;
    await accepted;
    accepted = batch.accept();
    if (stored >= count) break;
  }
  await accepted;
  await releaseLease(pool.sql, lease);
  if (stored !== count) throw new Error(`captured ${stored} of ${count}`);
}
