import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { faultOf, isReply } from "./faults.ts";
import type { RedisClient } from "./link.ts";
import { orderOf, type ListTarget, type Order } from "./list-requeue.ts";
import { run } from "./lua.ts";
import { partsOf } from "./parts.ts";

const refused = (fault: Fault): PublishOutcome => ({ status: "refused", fault });
const failed = (error: unknown): PublishOutcome => ({ status: isReply(error) ? "refused" : "unknown", fault: faultOf(error) });
const CONFIRMED: PublishOutcome = { status: "confirmed", receipt: null };

/**
 * Pushes each message, or requeues the job it is. A list that is not there is made, as a producer makes it: an empty list and a
 * missing one are the same to Redis. What was sent and has no answer is unknown.
 */
export async function publishToList(redis: RedisClient, messages: readonly Outgoing[], target: ListTarget, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  const outcomes: PublishOutcome[] = [];
  for (const part of partsOf(messages)) outcomes.push(...(await sendAll(redis, part, target, signal)));
  return outcomes;
}

async function sendAll(redis: RedisClient, messages: readonly Outgoing[], target: ListTarget, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  if (signal.aborted) return messages.map(() => refused(new Fault("timeout", "stopped before it was sent")));
  const now = Date.now();
  // commands of one connection are answered in the order in which they are sent: so lie the messages in the list
  const sent = messages.map((message) => send(redis, orderOf(message, target, now), target.key));
  const late = before(new Promise<never>(() => {}), signal, "stopped before Redis answered").catch(failed);
  return Promise.all(sent.map((each) => Promise.race([each, late])));
}

async function send(redis: RedisClient, order: Order, key: string): Promise<PublishOutcome> {
  if (typeof order === "string") return refused(new Fault("invalid", order));
  try {
    const answer = await ("push" in order ? redis.call(order.push, key, order.element) : run(redis, order.script, order.keys, order.args));
    return typeof answer === "number" ? CONFIRMED : refused(new Fault("invalid", String(answer)));
  } catch (error) {
    return failed(error);
  }
}
