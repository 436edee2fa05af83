import { setTimeout as pause } from "node:timers/promises";
import type { Batch, CaptureLimits } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { asFault } from "./faults.ts";
import type { Lane } from "./lane.ts";
import { BEGIN, type LanePool } from "./lane-pool.ts";
import { fetchLetters, openCursor, type Letter } from "./letters.ts";
import type { Pulse } from "./pulse.ts";
import type { Shape } from "./shape.ts";

/** What another worker holds still looks as if it waited; and a released batch should not come back at once. */
const AGAIN_MS = 250;

/**
 * Reads the waiting jobs of a queue, batch after batch. A batch is one open transaction that holds its rows locked:
 * accept completes the jobs and commits, while release, a crash or a lost connection roll back, which leaves the jobs
 * as they were, no retry spent. Workers that read the same queue skip each other's rows.
 * A batch closes as soon as nothing more waits, so it is never held up for company. When capture ends, a batch that was
 * neither accepted nor released goes back.
 */
export async function* capture(
  parts: { readonly pool: LanePool; readonly pulse: Pulse; readonly shape: Shape },
  queue: string,
  limits: CaptureLimits,
  stop: AbortSignal,
): AsyncGenerator<Batch, void, void> {
  const { pool, pulse, shape } = parts;
  const open = new Set<Held>();
  const rest = (): Promise<void> => pause(AGAIN_MS, undefined, { signal: stop }).catch(() => undefined);
  try {
    for (let more = false; !stop.aborted; ) {
      if (!more) await pulse.waiting(queue, stop);
      const held = await hold(pool, shape, queue, limits, stop);
      if (held === "stopped") return;
      if (held === "nothing") {
        more = false;
        await rest();
        continue;
      }
      more = held.full;
      for (const earlier of open) if (earlier.decision() !== null) open.delete(earlier);
      open.add(held);
      yield held.batch;
      if (held.decision() === "release") await rest();
    }
  } finally {
    for (const held of open) if (held.decision() === null) held.lane.destroy();
  }
}

type Decision = "accept" | "release" | null;
type Held = { readonly batch: Batch; readonly lane: Lane; readonly full: boolean; decision(): Decision };

async function hold(
  pool: LanePool,
  shape: Shape,
  queue: string,
  limits: CaptureLimits,
  stop: AbortSignal,
): Promise<Held | "nothing" | "stopped"> {
  let lane: Lane | null = null;
  const abort = (): void => lane?.destroy();
  stop.addEventListener("abort", abort);
  try {
    lane = await pool.borrow(stop);
    await lane.ask((sql) => sql.unsafe(BEGIN));
    await openCursor(lane, shape, queue, limits.maxCount);
    const { letters, full } = await take(lane, queue, limits);
    if (letters.length > 0 && !stop.aborted) return heldBatch(pool, lane, shape, queue, letters, full);
    await lane.ask((sql) => sql.unsafe("rollback"));
    pool.giveBack(lane);
    return stop.aborted ? "stopped" : "nothing";
  } catch (error) {
    lane?.destroy();
    if (stop.aborted) return "stopped";
    throw asFault(error);
  } finally {
    stop.removeEventListener("abort", abort);
  }
}

/**
 * Fetches in growing steps until a limit is met: the first rows tell how large the next ones may be. What a step
 * fetched beyond the limit is left out of the batch; its lock ends with the transaction.
 */
async function take(lane: Lane, queue: string, limits: CaptureLimits): Promise<{ letters: Letter[]; full: boolean }> {
  let deadline = Number.POSITIVE_INFINITY;
  const letters: Letter[] = [];
  let bytes = 0;
  for (let step = 1; ; ) {
    const fetched = await fetchLetters(lane, queue, step);
    for (const letter of fetched) {
      if (letters.length > 0 && bytes + letter.bytes > limits.maxBytes) return { letters, full: true };
      letters.push(letter);
      bytes += letter.bytes;
    }
    deadline = Math.min(deadline, performance.now() + limits.maxWaitMs);
    if (fetched.length < step) return { letters, full: false };
    const room = Math.floor(((limits.maxBytes - bytes) * letters.length) / Math.max(bytes, 1));
    step = Math.min(step * 16, limits.maxCount - letters.length, Math.max(room, 1));
    if (step <= 0 || bytes >= limits.maxBytes || performance.now() >= deadline) return { letters, full: true };
  }
}

function heldBatch(pool: LanePool, lane: Lane, shape: Shape, queue: string, letters: readonly Letter[], full: boolean): Held {
  let decision: Decision = null;
  const decide = (wish: Exclude<Decision, null>): void => {
    if (decision !== null) throw new Error(`this batch was already told to ${decision}`);
    decision = wish;
  };
  const batch: Batch = {
    deaths: letters.map(({ death }) => death),
    cursor: null,
    async accept() {
      decide("accept");
      try {
        await complete(lane, shape, queue, letters);
        pool.giveBack(lane);
      } catch (error) {
        lane.destroy();
        throw asFault(error);
      }
    },
    async release() {
      decide("release");
      // A lane that is gone, or fails now, has rolled back by that.
      await lane.ask((sql) => sql.unsafe("rollback")).then(
        () => pool.giveBack(lane),
        () => lane.destroy(),
      );
    },
  };
  return { batch, lane, full, decision: () => decision };
}

/** As pg-boss completes a job that no worker took; its output, which may be the error it died of, stays. */
async function complete(lane: Lane, shape: Shape, queue: string, letters: readonly Letter[]): Promise<void> {
  const ids = letters.map(({ jobId }) => jobId).join(",");
  const updated = await lane.ask((sql) => sql`
    update ${sql(shape.schema)}.job set state = 'completed', completed_on = clock_timestamp()
    where name = ${queue} and id = any (string_to_array(${ids}, ',')::uuid[]) and state < 'active'`);
  if (updated.count !== letters.length) throw new Fault("internal", `${updated.count} of ${letters.length} jobs could be completed`);
  const ended = await lane.ask((sql) => sql.unsafe("commit"));
  if (ended.command !== "COMMIT") throw new Fault("internal", "the server rolled the transaction back");
}
