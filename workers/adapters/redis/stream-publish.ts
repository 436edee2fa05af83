import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { faultOf, isReply } from "./faults.ts";
import type { RedisClient } from "./link.ts";
import { partsOf } from "#core/brokers/parts.ts";
import { fieldsOf } from "./stream-entry.ts";

/**
 * Adds each message to the stream. The server's answer is the verdict: an id, or null where there is no such stream
 * (NOMKSTREAM). What was sent and has no answer is unknown.
 */
export async function publishToStream(redis: RedisClient, messages: readonly Outgoing[], key: string, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  const outcomes: PublishOutcome[] = [];
  for (const part of partsOf(messages)) outcomes.push(...(await addAll(redis, part, key, signal)));
  return outcomes;
}

const refused = (fault: Fault): PublishOutcome => ({ status: "refused", fault });

async function addAll(redis: RedisClient, messages: readonly Outgoing[], key: string, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  if (signal.aborted) return messages.map(() => refused(new Fault("timeout", "stopped before it was sent")));
  const pipeline = redis.pipeline();
  for (const message of messages) {
    const fields = fieldsOf(message);
    // an entry without a field does not exist in Redis
    pipeline.call("XADD", key, "NOMKSTREAM", "*", ...(fields.length === 0 ? ["payload", ""] : fields));
  }
  try {
    const answers = (await before(pipeline.exec(), signal, "stopped before Redis answered")) ?? [];
    return messages.map((_, at) => outcomeOf(key, answers[at]));
  } catch (error) {
    const fault = faultOf(error);
    return messages.map(() => ({ status: "unknown", fault }));
  }
}

function outcomeOf(key: string, answer: readonly [error: Error | null, result: unknown] | undefined): PublishOutcome {
  const [error, id] = answer ?? [new Error("no answer came"), null];
  if (error !== null) return { status: isReply(error) ? "refused" : "unknown", fault: faultOf(error) };
  if (id === null) return refused(new Fault("not_found", `there is no stream ${key}`));
  return { status: "confirmed", receipt: String(id) };
}
