import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { faultOf, isReply } from "./faults.ts";
import type { RedisClient } from "./link.ts";
import { orderOf, type ListTarget } from "./list-requeue.ts";
import { run } from "./lua.ts";
import { partsOf } from "#core/brokers/parts.ts";

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
  const orders = messages.map((message) => orderOf(message, target, now));
  const elements = orders.flatMap((order) => (typeof order !== "string" && "element" in order ? [order.element] : []));
  const late = before(new Promise<never>(() => {}), signal, "stopped before Redis answered").catch(failed);
  // one command pushes all or none, in their order
  const pushed = elements.length === 0 ? CONFIRMED : outcomeOf(redis.call(target.end === "left" ? "LPUSH" : "RPUSH", target.key, ...elements));
  const sent = orders.map((order) => (typeof order === "string" ? refused(new Fault("invalid", order)) : "element" in order ? pushed : outcomeOf(run(redis, order.script, order.keys, order.args))));
  return Promise.all(sent.map((each) => Promise.race([each, late])));
}

/** A number is what a push answers; words are a script's reason for having done nothing. */
async function outcomeOf(sent: Promise<unknown>): Promise<PublishOutcome> {
  try {
    const answer = await sent;
    return typeof answer === "number" ? CONFIRMED : refused(new Fault("invalid", String(answer)));
  } catch (error) {
    return failed(error);
  }
}
