import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { bridgedHeaders } from "#core/route/bridge.ts";
import type { QueueDestination } from "#core/route/definition.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import type { AnySession } from "../adapters/index.ts";
import type { Delivery, Destination } from "./destination.ts";

/** A publish without a verdict for this long is unknown. */
const PUBLISH_DEADLINE_MS = 10_000;
/** Of one publish: what came in one turn of the loop goes together. */
const MOST_AT_ONCE = 500;

type Waiting = { readonly outgoing: Outgoing; readonly tell: (outcome: PublishOutcome) => void };

/** A place on any connection: messages that come at once are published together, with the broker's confirms. */
export function openQueue({ connectionId, target }: QueueDestination, sessionOf: (connectionId: string) => Promise<AnySession>): Destination {
  let waiting: Waiting[] = [];

  const publish = async (batch: readonly Waiting[]): Promise<void> => {
    const outcomes = await published(() => sessionOf(connectionId), batch.map(({ outgoing }) => outgoing), target);
    for (const [i, { tell }] of batch.entries()) tell(outcomes[i] ?? { status: "unknown", fault: new Fault("internal", "the adapter gave no outcome") });
  };
  const flush = (): void => {
    const all = waiting;
    waiting = [];
    for (let at = 0; at < all.length; at += MOST_AT_ONCE) void publish(all.slice(at, at + MOST_AT_ONCE));
  };

  return {
    deliver: (delivery) =>
      new Promise((resolve) => {
        if (waiting.length === 0) setImmediate(flush);
        waiting.push({ outgoing: outgoingOf(delivery, target.kind), tell: (outcome) => resolve(toDelivery(outcome)) });
      }),
    close: async () => undefined,
  };
}

const outgoingOf = (delivery: Delivery, kind: QueueDestination["target"]["kind"]): Outgoing => ({
  attemptId: delivery.attemptId,
  body: delivery.body,
  headers: bridgedHeaders(delivery, kind),
  native: delivery.native,
});

async function published(session: () => Promise<AnySession>, outgoing: readonly Outgoing[], target: QueueDestination["target"]): Promise<readonly PublishOutcome[]> {
  let open: AnySession;
  try {
    open = await session();
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault("internal", String(error));
    return outgoing.map(() => ({ status: "refused", fault }));
  }
  try {
    return await open.publish(outgoing, target, AbortSignal.timeout(PUBLISH_DEADLINE_MS));
  } catch (error) {
    // an adapter must not throw here; when it does, nobody knows what was sent
    const fault = error instanceof Fault ? error : new Fault("internal", String(error));
    return outgoing.map(() => ({ status: "unknown", fault }));
  }
}

function toDelivery(outcome: PublishOutcome): DeliveryOutcome {
  if (outcome.status === "confirmed") {
    const headers: [string, string][] = outcome.receipt === null ? [] : [["receipt", outcome.receipt]];
    return { status: "confirmed", answer: { status: null, headers, body: new Uint8Array(), cut: false } };
  }
  const { code, detail } = outcome.fault;
  return {
    status: outcome.status,
    error: { code: "fault", status: null, type: code, message: detail, stack: null, retryAfterMs: null },
    answer: null,
  };
}
