import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import type { Connection } from "./connection.ts";
import { faultOf } from "./faults.ts";
import { frameOf } from "./message.ts";
import type { Producer } from "./producer.ts";
import { keepsWithout } from "./policies.ts";
import { statsOf } from "./topic.ts";

/** Messages without a verdict at a time, and the bytes of their bodies. */
const MAX_OPEN = 500;
const MAX_OPEN_BYTES = 4 * 1024 * 1024;
/** A larger body goes alone: the service may close the connection over it, and all that is under way would be in doubt. */
const ALONE_BYTES = 256 * 1024;

const refused = (fault: Fault): PublishOutcome => ({ status: "refused", fault });

/**
 * One outcome per message, in order; never throws. The admin API is asked for the topic first: a producer would make one
 * that is missing, and a topic without a subscription may keep nothing. What was sent and has no verdict is `unknown`.
 */
export async function publish(connection: Connection, messages: readonly Outgoing[], topic: string, signal: AbortSignal): Promise<PublishOutcome[]> {
  let producer: Producer;
  try {
    await connection.checked(topic, () => refuseNowhere(connection, topic, signal));
    producer = await connection.producer(topic, signal);
  } catch (error) {
    const fault = connection.fault() ?? faultOf(error);
    return messages.map(() => refused(fault));
  }
  const outcomes: Promise<PublishOutcome>[] = [];
  const open = new Set<Promise<unknown>>();
  let bytes = 0;
  for (const message of messages) {
    const size = message.body.length;
    const most = size > ALONE_BYTES ? 1 : MAX_OPEN;
    while (open.size >= most || (open.size > 0 && bytes + size > MAX_OPEN_BYTES)) await Promise.race(open);
    // one that was too large closed it, and has its own outcome: the others need not suffer
    if (!producer.isOpen() && !signal.aborted) producer = await connection.producer(topic, signal).catch(() => producer);
    const outcome = sendOne(producer, message, signal);
    outcomes.push(outcome);
    bytes += size;
    const done = outcome.finally(() => {
      bytes -= size;
      open.delete(done);
    });
    open.add(done);
    if (size > ALONE_BYTES) await done;
  }
  return Promise.all(outcomes);
}

async function sendOne(producer: Producer, message: Outgoing, signal: AbortSignal): Promise<PublishOutcome> {
  if (signal.aborted) return refused(new Fault("timeout", "the publish was called off before it was sent"));
  try {
    return await producer.send(frameOf(message), signal);
  } catch (error) {
    return refused(faultOf(error));
  }
}

/** Throws Fault for a topic in which nothing would stay. */
async function refuseNowhere({ rest }: Connection, topic: string, signal: AbortSignal): Promise<void> {
  const { subscriptions } = await statsOf(rest, topic, signal);
  if (subscriptions.size === 0 && !(await keepsWithout(rest, topic, signal))) {
    throw new Fault("unroutable", `${topic} has no subscription, and no retention: nobody would ever get it`);
  }
}
