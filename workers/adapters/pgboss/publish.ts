import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { within } from "#core/brokers/parts.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { asFault, blamesOneRow, surelyUndone } from "./faults.ts";
import { existing, insertJobs, rowOf, type Row } from "./insert.ts";
import type { Lane } from "./lane.ts";
import type { LanePool } from "./lane-pool.ts";
import { noQueue } from "./pulse.ts";
import type { Shape } from "./shape.ts";

type Parts = { readonly pool: LanePool; readonly shape: Shape };

const TOGETHER = { maxCount: 500, maxBytes: 4 * 1024 * 1024 };

/**
 * Makes a job of each message. A job has no headers, so Redrive's `redrive-*` stamps cannot ride; the lineage is the
 * job's id instead, which is the attempt's: when the job dies, pg-boss writes it into the letter's `source_id`. It also
 * makes publishing the same attempt twice harmless: the second finds its job there and is confirmed.
 */
export async function publish(
  parts: Parts,
  messages: readonly Outgoing[],
  queue: string,
  signal: AbortSignal,
): Promise<readonly PublishOutcome[]> {
  const outcomes = new Map<string, PublishOutcome>();
  const rows: Row[] = [];
  for (const message of messages) {
    const row = rowOf(message);
    if (row === null) outcomes.set(message.attemptId, refused(new Fault("invalid", "the body is not valid UTF-8")));
    else rows.push(row);
  }
  for (const part of within(rows, ({ data }) => data?.length ?? 0, TOGETHER)) {
    for (const [id, outcome] of await publishPart(parts, part, queue, signal)) outcomes.set(id, outcome);
  }
  return messages.map(({ attemptId }) => outcomes.get(attemptId) ?? unknown(new Fault("internal", "no outcome was recorded")));
}

type Outcomes = readonly (readonly [id: string, outcome: PublishOutcome])[];

const refused = (fault: Fault): PublishOutcome => ({ status: "refused", fault });
const unknown = (fault: Fault): PublishOutcome => ({ status: "unknown", fault });
const forAll = (rows: readonly Row[], outcome: PublishOutcome): Outcomes => rows.map(({ id }) => [id, outcome]);

async function publishPart(parts: Parts, rows: readonly Row[], queue: string, signal: AbortSignal): Promise<Outcomes> {
  let lane: Lane;
  try {
    lane = await parts.pool.borrow(signal);
  } catch (error) {
    return forAll(rows, refused(asFault(error)));
  }
  const abort = (): void => lane.destroy();
  signal.addEventListener("abort", abort);
  try {
    return await insertOrHalve(lane, parts.shape, rows, queue, signal);
  } finally {
    signal.removeEventListener("abort", abort);
    parts.pool.giveBack(lane);
  }
}

/** One row that jsonb refuses undoes the whole statement, so the rows are halved until it stands alone. */
async function insertOrHalve(
  lane: Lane,
  shape: Shape,
  rows: readonly Row[],
  queue: string,
  signal: AbortSignal,
): Promise<Outcomes> {
  try {
    const { queueExists, ids } = await insertJobs(lane, shape, queue, rows);
    if (!queueExists) return forAll(rows, refused(noQueue(shape, queue)));
    const made = rows.filter(({ id }) => ids.has(id));
    const skipped = rows.filter(({ id }) => !ids.has(id));
    return [...made.map(({ id }) => [id, confirmed(id)] as const), ...(await explainSkipped(lane, shape, skipped, queue))];
  } catch (error) {
    if (rows.length > 1 && blamesOneRow(error)) {
      const half = rows.length >> 1;
      const first = await insertOrHalve(lane, shape, rows.slice(0, half), queue, signal);
      return [...first, ...(await insertOrHalve(lane, shape, rows.slice(half), queue, signal))];
    }
    if (surelyUndone(error)) return forAll(rows, refused(asFault(error)));
    lane.destroy();
    return forAll(rows, unknown(signal.aborted ? new Fault("timeout", "stopped before PostgreSQL answered") : asFault(error)));
  }
}

const confirmed = (id: string): PublishOutcome => ({ status: "confirmed", receipt: id });

/** A skipped row is there already from an earlier try of the same attempt, or the queue's policy keeps it out. */
async function explainSkipped(lane: Lane, shape: Shape, rows: readonly Row[], queue: string): Promise<Outcomes> {
  if (rows.length === 0) return [];
  try {
    const there = await existing(lane, shape, queue, rows.map(({ id }) => id));
    const fault = new Fault("nacked", `queue ${queue} already holds as many jobs with this singleton key as its policy allows`);
    return rows.map(({ id }) => [id, there.has(id) ? confirmed(id) : refused(fault)] as const);
  } catch (error) {
    return forAll(rows, unknown(asFault(error)));
  }
}
