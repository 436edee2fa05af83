import { createInbox } from "@nats-io/transport-node";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { partsOf } from "#core/brokers/parts.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { carrying } from "./client.ts";
import type { Connection } from "./connection.ts";
import { faultOf, surelyNotSent } from "./faults.ts";
import { blockFor, type Target, VERDICT_MS } from "./publish.ts";

const NO_RESPONDERS = 503;

/**
 * Publishes by core NATS, at most once; one outcome per message, in order; never throws. A server works a connection's commands off
 * in their order, so its answer to a ping says that it took what was published before. `confirmed` is that, and that somebody
 * listened: with an inbox to answer to, the server says at once where nobody does (ADR-22's no responders), which is `refused`.
 * Whether whoever listened has processed it nobody tells. What was sent and not followed by an answer is `unknown`.
 */
export async function publishOnce(connection: Connection, messages: readonly Outgoing[], target: Target, signal: AbortSignal): Promise<PublishOutcome[]> {
  const outcomes: PublishOutcome[] = [];
  for (const part of partsOf(messages)) outcomes.push(...(await publishPart(connection, part, target, signal)));
  return outcomes;
}

const refused = (fault: Fault): PublishOutcome => ({ status: "refused", fault });

async function publishPart(connection: Connection, part: readonly Outgoing[], target: Target, signal: AbortSignal): Promise<PublishOutcome[]> {
  const { nc } = connection;
  const gone = signal.aborted ? new Fault("timeout", "the publish was called off before it was sent") : connection.fault();
  if (gone !== null) return part.map(() => refused(gone));
  const inbox = createInbox();
  const unheard = new Set<string>();
  const answers = nc.subscribe(`${inbox}.*`, {
    callback: (_error, message) => {
      if (message.headers?.code === NO_RESPONDERS) unheard.add(message.subject);
    },
  });
  let denied: Fault | null = null;
  const forget = connection.onDenied(({ operation, subject }, fault) => {
    if (operation === "publish" && subject === target.subject) denied = fault;
  });
  try {
    const unsent = part.map((message, at) => sendOne(connection, message, target, `${inbox}.${at}`));
    const fault = await answered(connection, signal);
    return unsent.map((why, at): PublishOutcome => {
      if (why !== null) return refused(why);
      if (denied !== null) return refused(denied);
      if (unheard.has(`${inbox}.${at}`)) return refused(new Fault("unroutable", `nobody listens to ${target.subject}`));
      if (fault !== null) return { status: "unknown", fault };
      return { status: "confirmed", receipt: `at most once: ${nc.info?.server_name ?? "the server"} took it for those who listened` };
    });
  } finally {
    forget();
    if (!nc.isClosed()) answers.unsubscribe();
  }
}

/** Why a message surely was not sent, or null. */
function sendOne(connection: Connection, message: Outgoing, target: Target, reply: string): Fault | null {
  const block = blockFor(connection, message, target);
  if (block instanceof Fault) return block;
  try {
    connection.nc.publish(target.subject, message.body, { headers: carrying(block), reply });
    return null;
  } catch (error) {
    return surelyNotSent(error) ? (connection.fault() ?? faultOf(error)) : null;
  }
}

/** Waits until the server has worked off what was sent. Resolves to why it is not known to have, or null. */
const answered = (connection: Connection, signal: AbortSignal): Promise<Fault | null> =>
  connection.flush(AbortSignal.any([signal, AbortSignal.timeout(VERDICT_MS)])).then(() => null, faultOf);
