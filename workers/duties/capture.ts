import type { Batch, CaptureLimits } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { LeaseLost, markAccepted } from "#db/queries/capture.ts";
import { capturingSource, capturingSources, setSourceFault, type CapturedSource } from "#db/queries/sources.ts";
import { countWorkers } from "#db/queries/workers.ts";
import type { AnySession } from "../adapters/index.ts";
import { failpoint } from "../runtime/failpoint.ts";
import type { Held } from "../runtime/lease-keeper.ts";
import type { Duty } from "../runtime/supervisor.ts";
import { pause } from "../runtime/wake.ts";
import { intakeOf, type Intake, type ReadBatch } from "./intake.ts";
import type { Parts } from "./parts.ts";

const LOOK_MS = 1_000;
/** Small first deaths reach the screen at once; under load batches fill by bytes or count. */
const LIMITS: CaptureLimits = { maxBytes: 1024 * 1024, maxCount: 500, maxWaitMs: 10 };
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;

type Running = { readonly held: Held; readonly stop: AbortController; readonly ended: Promise<void> };

/** Captures from every source whose lease this worker gets; sources are shared evenly among the workers that live. */
export const captureDuty = (parts: Parts): Duty => ({
  name: "capture",
  run: async (stop) => {
    const running = new Map<string, Running>();
    try {
      while (!stop.aborted) {
        await share(parts, running, stop);
        await pause(LOOK_MS, stop);
      }
    } finally {
      await Promise.all([...running.values()].map(({ ended }) => ended));
    }
  },
});

async function share(parts: Parts, running: Map<string, Running>, stop: AbortSignal): Promise<void> {
  const [sources, workers] = await Promise.all([capturingSources(parts.sql), countWorkers(parts.sql)]);
  const fairShare = Math.ceil(sources.length / workers);
  const over = new Set([...running.keys()].slice(fairShare));
  for (const id of running.keys()) if (over.has(id) || !sources.some((source) => source.id === id)) await letGo(running, id);
  for (const source of sources) {
    if (running.has(source.id)) continue;
    if (running.size >= fairShare) break;
    const held = await parts.leases.take(`capture:${source.id}`);
    if (held === null) continue;
    const own = new AbortController();
    const ended = keepCapturing(parts, source, held, AbortSignal.any([stop, held.lost, own.signal])).then(async () => {
      // with the end of the capture, whatever ended it: the next worker need not wait for the lease to run out
      await held.release().catch(() => undefined);
      if (running.get(source.id)?.held === held) running.delete(source.id);
    });
    running.set(source.id, { held, stop: own, ended });
  }
}

/**
 * Ends a capture, and only then gives its lease away: who captures next must find every batch marked whose accept the broker has
 * processed, or takes what is delivered again for what is stored.
 */
async function letGo(running: Map<string, Running>, id: string): Promise<void> {
  const entry = running.get(id);
  running.delete(id);
  entry?.stop.abort();
  await entry?.ended;
}

/** Opens the source again after every fault, with backoff, until `stop`. Never throws. */
async function keepCapturing(parts: Parts, source: CapturedSource, held: Held, stop: AbortSignal): Promise<void> {
  let pauseMs = FIRST_PAUSE_MS;
  const log = parts.log.child({ source: source.name });
  while (!stop.aborted) {
    const began = Date.now();
    try {
      await captureOnce(parts, source.id, held, stop);
    } catch (error) {
      if (stop.aborted) break;
      const fault = error instanceof Fault ? error : null;
      log.warn({ err: fault === null ? error : undefined, fault: fault?.code, detail: fault?.detail }, "capture stopped, it will go on");
      await setSourceFault(parts.sql, source.id, fault ?? { code: "internal", detail: "Redrive's own error, see the workers' log" }).catch(
        () => undefined,
      );
    }
    pauseMs = Date.now() - began > LONGEST_PAUSE_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    await pause(pauseMs * (0.5 + Math.random() / 2), stop);
  }
}

async function captureOnce(parts: Parts, sourceId: string, held: Held, stop: AbortSignal): Promise<void> {
  // read anew each time: the cursor moved, and the address may have changed
  const source = await capturingSource(parts.sql, sourceId);
  if (source === null) return;
  const session = await parts.sessions.get(source.connectionId);
  await setSourceFault(parts.sql, source.id, null);
  if (stop.aborted) return;
  await storeAll(parts, source, held, session, stop);
}

/**
 * Stores batches one after the other, in their order, and accepts each once it is stored, in the same order. While one is
 * accepted the next is stored and the one after that is read and decoded: three are in hand at most. Returns or throws
 * only when the last one is done, so that whoever reads next finds what was stored.
 */
async function storeAll(parts: Parts, source: CapturedSource, held: Held, session: AnySession, stop: AbortSignal): Promise<void> {
  const heard = source.custody === "heard";
  const asked = intakeOf(parts, source, held.lease);
  const intake = heard ? { ...asked, store: insisting(asked.store, parts, stop) } : asked;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  let last: InHand = { stored: Promise.resolve(null), accepted: Promise.resolve() };
  let before = last.accepted;
  // the batches in hand are finished first: reading ends after them
  const endSoon = (): void => void last.accepted.then(end, end);
  stop.addEventListener("abort", endSoon, { once: true });
  try {
    for await (const batch of session.capture(source.source, source.cursor, LIMITS, ending.signal)) {
      failpoint("capture.received");
      const read = intake.read(batch.deaths);
      const inHand = await Promise.all([last.stored, before]).then(([batchId]) => ({ batchId }), () => null);
      // what was heard comes to nobody else: it is stored while the lease lasts
      if (inHand === null || (stop.aborted && !heard)) {
        await batch.release().catch(() => undefined);
        break;
      }
      before = last.accepted;
      last = storeThenAccept(parts, batch, { sourceId: source.id, intake, read, inHand: inHand.batchId === null ? [] : [inHand.batchId] }, before);
      // no batch may ever follow to find out
      last.accepted.catch(end);
    }
  } finally {
    stop.removeEventListener("abort", endSoon);
    await Promise.allSettled([before, last.accepted]);
  }
  await Promise.all([before, last.accepted]);
}

/**
 * Stores until it works, until another worker holds the source, or until `stop`: what was heard is in no queue from which it
 * would come again. Stored and not known to be, it is recognised by its identity.
 */
function insisting<T>(store: Intake<T>["store"], { log }: Parts, stop: AbortSignal): Intake<T>["store"] {
  return async (batch) => {
    for (;;) {
      try {
        return await store(batch);
      } catch (error) {
        if (stop.aborted || error instanceof LeaseLost) throw error;
        log.warn({ err: error }, "what was heard could not be stored, it is tried again");
        await pause(FIRST_PAUSE_MS, stop);
      }
    }
  };
}

/** A batch on its way: both reject when it could not be stored, the second also when it or one before was not accepted. */
type InHand = { readonly stored: Promise<number | null>; readonly accepted: Promise<void> };

type Decoded<T> = { readonly sourceId: string; readonly intake: Intake<T>; readonly read: readonly T[]; readonly inHand: ReadBatch<T>["inHand"] };

function storeThenAccept<T>(parts: Parts, batch: Batch, { sourceId, intake, read, inHand }: Decoded<T>, before: Promise<void>): InHand {
  const stored = intake.store({ items: read, inHand, notices: batch.notices ?? [], cursor: batch.cursor });
  const accept = async (): Promise<void> => {
    let batchId: number;
    try {
      [batchId] = await Promise.all([stored, before]);
    } catch (error) {
      // stored or not: what was not accepted comes again and is recognised
      await stored.catch(() => undefined);
      await batch.release().catch(() => undefined);
      throw error;
    }
    failpoint("capture.stored");
    const found = (await batch.accept()) ?? null;
    failpoint("capture.accepted");
    for (const notice of found?.notices ?? []) parts.log.warn({ notice }, "accepting met something to know of");
    await markAccepted(parts.sql, batchId, found === null ? null : { ...found, sourceId, stored: batch.cursor });
  };
  return { stored, accepted: accept() };
}
