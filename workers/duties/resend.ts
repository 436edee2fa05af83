import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Sql } from "#db/client.ts";
import { destination } from "#core/operation.ts";
import { deliverAgain } from "#db/queries/deliveries-again.ts";
import { beginAttempts, connectionsToSend, lockQueued, nextResend, settleAttempts, type OpenResend, type Verdict } from "#db/queries/sends.ts";
import type { AnySession } from "../adapters/index.ts";
import { failpoint } from "../runtime/failpoint.ts";
import { loop, type Turn } from "../runtime/loop.ts";
import type { Duty } from "../runtime/supervisor.ts";
import type { Wake } from "../runtime/wake.ts";
import { prepare, type Prepared } from "./outgoing.ts";
import type { Parts } from "./parts.ts";

const IDLE_MS = 500;
const CHUNK = 500;
const CHUNK_BYTES = 16 * 1024 * 1024;
/** A publish without a verdict for this long is unknown. */
const PUBLISH_DEADLINE_MS = 10_000;
/** After it a vanished worker's attempts become in doubt; longer than the deadline by the time a settle takes. */
const LEASE_MS = 14_000;
/** A paced operation is sent in steps of this length, so that 50 a second looks like it. */
const STEP_MS = 200;

/** Publishes what operators ordered. Any number of workers may do this at once. */
export const resendDuty = (parts: Parts, wake: Wake): Duty => ({
  name: "resend",
  run: async (stop) => {
    const settling = new Settling(parts);
    await loop({ turn: () => resendTurn(parts, settling), idleMs: IDLE_MS, wake, onError: (error) => parts.log.error({ err: error }, "resend failed") }, stop);
    await settling.done().catch((error: unknown) => parts.log.error({ err: error }, "resend failed"));
  },
});

async function resendTurn(parts: Parts, settling: Settling): Promise<Turn> {
  const sessions = await openSessions(parts);
  const claimed = sessions.size === 0 ? null : await claim(parts, [...sessions.keys()]);
  if (claimed === null || claimed.prepared.length === 0) {
    await settling.done();
    return "idle";
  }
  failpoint("resend.claimed");
  const verdicts = await publishAll(parts.sql, sessions, claimed.prepared);
  failpoint("resend.published");
  await settling.begin(claimed.resend.id, verdicts);
  return "worked";
}

/** Writes verdicts down while the next messages are claimed and published; one chunk's at a time. */
class Settling {
  readonly #parts: Parts;
  #last: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Resolves when the verdicts before these are written. Throws why those were not; these are written all the same. */
  async begin(operationId: string, verdicts: readonly Verdict[]): Promise<void> {
    const before = this.#last;
    const settle = async (): Promise<void> => {
      await settleAttempts(this.#parts.sql, operationId, verdicts);
      failpoint("resend.settled");
    };
    this.#last = before.then(settle, settle);
    this.#last.catch(() => undefined);
    await before;
  }

  /** Resolves when all verdicts are written. Throws why the last ones were not, once. */
  async done(): Promise<void> {
    const last = this.#last;
    this.#last = Promise.resolve();
    await last;
  }
}

/** Sessions are opened before anything is claimed: a broker that is down burns no attempts. */
async function openSessions({ sql, sessions, log }: Parts): Promise<Map<string, AnySession>> {
  const open = new Map<string, AnySession>();
  for (const id of await connectionsToSend(sql)) {
    try {
      open.set(id, await sessions.get(id));
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      log.debug({ connection: id, fault: error.code }, "resends wait for the connection");
    }
  }
  return open;
}

type Claimed = { readonly resend: OpenResend; readonly prepared: readonly Prepared[] };

async function claim({ sql, workerId }: Parts, connectionIds: readonly string[]): Promise<Claimed | null> {
  return sql.begin(async (tx) => {
    const resend = await nextResend(tx, connectionIds);
    if (resend === null) return null;
    const limit = resend.rate === null ? CHUNK : Math.max(1, Math.min(CHUNK, Math.floor((resend.rate * STEP_MS) / 1000)));
    const queued = await lockQueued(tx, resend, { connectionIds, limit, maxBytes: CHUNK_BYTES });
    const to = destination.parse(JSON.parse(resend.destination));
    const prepared = queued.map((message) => prepare(message, to));
    if (prepared.length === 0) return { resend, prepared };
    await beginAttempts(tx, resend, {
      attempts: prepared.map(({ attemptId, message, number, target }) => ({
        id: attemptId,
        messageId: message.id,
        number,
        target: target === null ? null : JSON.stringify(target),
      })),
      worker: workerId,
      leaseMs: LEASE_MS,
    });
    return { resend, prepared };
  }) as Promise<Claimed | null>;
}

/** Publishes by connection and target, all at once under one deadline. */
async function publishAll(sql: Sql, sessions: ReadonlyMap<string, AnySession>, prepared: readonly Prepared[]): Promise<Verdict[]> {
  const deadline = AbortSignal.timeout(PUBLISH_DEADLINE_MS);
  const places = Map.groupBy(prepared, ({ message, target }) => `${message.connectionId} ${JSON.stringify(target)}`);
  const settled = await Promise.all([...places.values()].map((same) => publishTo(sql, sessions, same, deadline)));
  return settled.flat();
}

async function publishTo(
  sql: Sql,
  sessions: ReadonlyMap<string, AnySession>,
  same: readonly Prepared[],
  deadline: AbortSignal,
): Promise<Verdict[]> {
  const { message, target } = same[0] as Prepared;
  if (target?.kind === "route") return throughRoute(sql, target.routeId, same);
  const session = sessions.get(message.connectionId);
  if (target === null || session === undefined)
    return same.map((one) => verdict(one, { status: "refused", fault: new Fault("not_found", NO_TARGET) }));
  try {
    const outcomes = await session.publish(same.map(({ outgoing }) => outgoing), target, deadline);
    return same.map((one, i) => verdict(one, outcomes[i] ?? { status: "unknown", fault: new Fault("internal", "the adapter gave no outcome") }));
  } catch (error) {
    // an adapter must not throw here; when it does, nobody knows what was sent
    const fault = error instanceof Fault ? error : new Fault("internal", String(error));
    return same.map((one) => verdict(one, { status: "unknown", fault }));
  }
}

/** A delivery under the attempt's id: written twice it is there once, so there is no doubt about it. */
async function throughRoute(sql: Sql, routeId: string, same: readonly Prepared[]): Promise<Verdict[]> {
  try {
    await deliverAgain(sql, routeId, same.map(({ attemptId, message, outgoing }) => ({
      id: attemptId,
      messageId: message.id,
      body: outgoing.body,
      headers: JSON.stringify(outgoing.headers),
      native: message.native,
    })));
    return same.map((one) => verdict(one, { status: "confirmed", receipt: null }));
  } catch (error) {
    return same.map((one) => verdict(one, { status: "unknown", fault: new Fault("internal", error instanceof Error ? error.message : String(error)) }));
  }
}

const NO_TARGET = "the message does not tell where it failed: choose a target for it";

const verdict = ({ attemptId, message, target }: Prepared, outcome: PublishOutcome): Verdict => ({
  attemptId,
  messageId: message.id,
  outcome: outcome.status,
  faultCode: outcome.status === "confirmed" ? null : outcome.fault.code,
  faultDetail: outcome.status === "confirmed" ? null : outcome.fault.detail,
  receipt: outcome.status === "confirmed" ? outcome.receipt : null,
  routed: target?.kind === "route",
});
