import { z } from "zod";
import type { Depth } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Source } from "./capture.ts";
import type { ChannelPool } from "./channel-pool.ts";
import type { Channel } from "./client.ts";
import { faultOf } from "./faults.ts";
import { ask, type Management } from "./management.ts";

const totals = z.array(
  z.object({
    name: z.string(),
    messages: z.number().int().nonnegative().optional(),
    messages_ready: z.number().int().nonnegative().optional(),
    messages_unacknowledged: z.number().int().nonnegative().optional(),
  }),
);

const STREAM_FAULT = new Fault("unsupported", "RabbitMQ does not say here how many messages a stream holds");
/** Passive declares under way at a time, a channel each: amqplib sends one and waits for its answer. */
const LANES = 8;

/**
 * All queues with one request. These are the numbers of the broker's statistics, up to five seconds old (`estimate`).
 * A stream's number is what it holds, read or not (`upper_bound`). Throws Fault.
 */
export async function depthByApi(management: Management, sources: readonly Source[], signal: AbortSignal): Promise<Depth[]> {
  const listed = await ask(management, "queues", "?disable_stats=true&enable_queue_totals=true", totals, signal);
  const byName = new Map(listed.map((queue) => [queue.name, queue]));
  return sources.map(({ queue, type }): Depth => {
    const found = byName.get(queue);
    if (found === undefined) return { kind: "unknown", fault: new Fault("not_found", `there is no queue ${queue}`) };
    const isStream = type === "stream";
    const ready = isStream ? found.messages : found.messages_ready;
    if (ready === undefined) {
      const fault = isStream ? STREAM_FAULT : new Fault("unsupported", "the management API gives no totals");
      return { kind: "unknown", fault };
    }
    const inFlight = isStream ? null : (found.messages_unacknowledged ?? null);
    return { kind: isStream ? "upper_bound" : "estimate", ready, inFlight, consumers: null };
  });
}

/** One passive declare per queue: exact at that moment, without what is with consumers. Never throws. */
export async function depthByDeclare(
  channels: ChannelPool<Channel>,
  sources: readonly Source[],
  signal: AbortSignal,
): Promise<Depth[]> {
  const depths: Depth[] = sources.map(() => ({ kind: "unknown", fault: new Fault("timeout", "it was not measured in time") }));
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < sources.length && !signal.aborted; index = next++) {
      depths[index] = await measure(channels, sources[index] as Source);
    }
  };
  await Promise.all(Array.from({ length: Math.min(LANES, sources.length) }, lane));
  return depths;
}

async function measure(channels: ChannelPool<Channel>, { queue, type }: Source): Promise<Depth> {
  try {
    const tracked = await channels.take();
    // A missing queue closes the channel: the pool forgets it.
    const { messageCount, consumerCount } = await tracked.channel
      .checkQueue(queue)
      .finally(() => channels.giveBack(tracked));
    // Of a stream it answers 0, however many there are.
    if (type === "stream") return { kind: "unknown", fault: STREAM_FAULT };
    // A quorum queue without a leader answers 0 and 0 as well.
    const doubtful = type === "quorum" && messageCount === 0 && consumerCount === 0;
    return { kind: doubtful ? "estimate" : "exact", ready: messageCount, inFlight: null, consumers: consumerCount };
  } catch (error) {
    return { kind: "unknown", fault: faultOf(error) };
  }
}
