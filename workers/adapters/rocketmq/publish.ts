import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import type { Cluster } from "./cluster.ts";
import { ANSWER, REQUEST } from "./codes.ts";
import { faultOf, faultOfAnswer, surelyNotStored } from "./faults.ts";
import type { Command } from "./frame.ts";
import { SYS_FLAG } from "./message.ts";
import { joined, propertiesOf } from "./properties.ts";
import type { ProxyLane } from "./proxy-lane.ts";
import { proxyCarries } from "./proxy-limits.ts";
import { javaHash, queuesOf, type Queue } from "./queue-choice.ts";

/** Sends that wait for their answer at a time: what waits in a broker for more than 200 ms it refuses. */
const IN_FLIGHT = 32;
const IN_FLIGHT_BYTES = 8 * 1024 * 1024;
const ANSWER_MS = 10_000;
const PRODUCER_GROUP = "redrive";

/**
 * Sends each message by itself, through the proxy where one is set and can carry it, else to a queue of the topic on its
 * broker: those of one sharding key to the same, the others in turn. A topic that does not exist is refused and not made. One outcome a message, in order; throws nothing.
 */
export async function publish(cluster: Cluster, proxy: ProxyLane | null, messages: readonly Outgoing[], topic: string, signal: AbortSignal): Promise<readonly PublishOutcome[]> {
  const outcomes: PublishOutcome[] = [];
  let queues: Queue[];
  try {
    queues = queuesOf(topic, await cluster.parts(topic));
  } catch (error) {
    const fault = faultOf(error);
    return messages.map(() => ({ status: "refused", fault }));
  }
  let at = 0;
  let bytes = 0;
  let turn = Math.floor(performance.now()) % queues.length;
  const way: Way = { cluster, proxy, topic, signal, choose: (key) => queues[key === null ? turn++ % queues.length : Math.abs(javaHash(key)) % queues.length] };
  const freed = bell();
  const worker = async (): Promise<void> => {
    for (let index = at++; index < messages.length; index = at++) {
      const message = messages[index];
      if (message === undefined) return;
      // a large message goes with few others
      while (bytes > 0 && bytes + message.body.length > IN_FLIGHT_BYTES) await freed.wait();
      bytes += message.body.length;
      outcomes[index] = await send(way, message);
      bytes -= message.body.length;
      freed.ring();
    }
  };
  await Promise.all(Array.from({ length: Math.min(IN_FLIGHT, messages.length) }, worker));
  return messages.map((_, index) => outcomes[index] ?? { status: "unknown", fault: new Fault("internal", "no outcome was recorded") });
}

function bell(): { wait(): Promise<void>; ring(): void } {
  let next = Promise.withResolvers<void>();
  return {
    wait: () => next.promise,
    ring: () => {
      next.resolve();
      next = Promise.withResolvers<void>();
    },
  };
}

type Way = { readonly cluster: Cluster; readonly proxy: ProxyLane | null; readonly topic: string; readonly signal: AbortSignal; choose(key: string | null): Queue | undefined };

async function send({ cluster, proxy, topic, signal, choose }: Way, message: Outgoing): Promise<PublishOutcome> {
  if (signal.aborted) return { status: "refused", fault: new Fault("timeout", "stopped before it was sent") };
  let queue: Queue | undefined;
  let fields: Readonly<Record<string, string>>;
  let wire;
  try {
    if (message.body.length === 0) throw new Fault("unsupported", "RocketMQ carries no message without a body");
    const properties = propertiesOf(message.headers);
    if (proxy !== null && proxyCarries(message, properties)) return await proxy.send(message, properties, topic, signal);
    queue = choose(properties.get("__SHARDINGKEY") ?? null);
    if (queue === undefined) throw new Fault("internal", "no queue was chosen");
    fields = sendFields(message, topic, queue, joined(properties));
    wire = await cluster.broker(queue.address);
    // up to here nothing was written
    const ended = wire.ended();
    if (ended !== null) throw ended;
    if (signal.aborted) throw new Fault("timeout", "stopped before it was sent");
  } catch (error) {
    return { status: "refused", fault: faultOf(error) };
  }
  try {
    return outcomeOf(await wire.ask(REQUEST.sendMessageV2, { fields, body: message.body, signal, timeoutMs: ANSWER_MS }), queue);
  } catch (error) {
    return { status: "unknown", fault: faultOf(error) };
  }
}

/** The fields of a send, whose names are letters; source: SendMessageRequestHeaderV2 of RocketMQ 5.3. */
function sendFields({ native, body }: Outgoing, topic: string, { broker, queueId }: Queue, properties: string): Readonly<Record<string, string>> {
  const rocketmq = native.transport === "rocketmq" ? native : null;
  return {
    a: PRODUCER_GROUP,
    b: topic,
    // the topic whose settings a missing one would inherit: one that is missing itself, so that the broker makes none
    c: topic,
    d: "0",
    e: String(queueId),
    f: String(compressionOf(rocketmq?.sysFlag ?? 0, body)),
    g: String(Date.now()),
    h: String(rocketmq?.flag ?? 0),
    i: properties,
    j: "0",
    k: "false",
    l: "0",
    m: "false",
    n: broker,
  };
}

const isZlib = (body: Uint8Array): boolean => body.length > 2 && ((body[0] ?? 0) & 0x0f) === 8 && (((body[0] ?? 0) << 8) | (body[1] ?? 0)) % 31 === 0;
const startsWith = (body: Uint8Array, magic: readonly number[]): boolean => magic.every((byte, index) => body[index] === byte);
const COMPRESSED: Readonly<Record<number, (body: Uint8Array) => boolean>> = {
  0: isZlib,
  [1 << 8]: (body) => startsWith(body, [0x04, 0x22, 0x4d, 0x18]),
  [2 << 8]: (body) => startsWith(body, [0x28, 0xb5, 0x2f, 0xfd]),
  [3 << 8]: isZlib,
};

/** The bits that say how a body is compressed, kept while it is: an edited one may be plain. */
function compressionOf(sysFlag: number, body: Uint8Array): number {
  const type = sysFlag & SYS_FLAG.compressionTypes;
  return (sysFlag & SYS_FLAG.compressed) !== 0 && COMPRESSED[type]?.(body) === true ? SYS_FLAG.compressed | type : 0;
}

/** What an answer says of durability beyond "it lies in the queue of its master, and consumers get it". */
const WEAKER: Readonly<Record<number, string>> = {
  [ANSWER.flushDiskTimeout]: "not yet flushed to disk",
  [ANSWER.flushSlaveTimeout]: "not yet on the slave",
  [ANSWER.slaveNotAvailable]: "on the master alone",
};

function outcomeOf(answer: Command, { broker }: Queue): PublishOutcome {
  const weaker = WEAKER[answer.code];
  if (answer.code !== ANSWER.success && weaker === undefined) return { status: surelyNotStored(answer) ? "refused" : "unknown", fault: faultOfAnswer(answer) };
  const { queueId = "?", queueOffset = "?" } = answer.fields;
  return { status: "confirmed", receipt: `${broker}/${queueId}@${queueOffset}${weaker === undefined ? "" : ` (${weaker})`}` };
}
