import type { Message, Producer } from "kafkajs";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import { kafkajs } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { faultOf, isPassing, surelyNotAppended } from "./faults.ts";

type Written =
  /** The offset of the first record; null when the broker did not tell. */
  | { readonly status: "appended"; readonly base: bigint | null }
  | { readonly status: "refused" | "unknown"; readonly fault: Fault };

export type Writer = {
  /** Appends records to one partition, all or none, with acks=all. Never throws. */
  append(topic: string, partition: number, records: readonly Message[], signal: AbortSignal): Promise<Written>;
};

const TRIES = 3;
const PAUSE_MS = 150;

/**
 * An idempotent producer, used by one append at a time and never again after one of which the outcome is not known.
 * kafkajs gives the numbers of a batch that failed to the next one: had the broker appended the first, it would take the
 * second for its repetition and confirm records that it threw away. For the same batch that is what makes another try
 * safe, so tries are counted here and not by kafkajs, which would tell the last error only.
 */
export function openWriter(cluster: Cluster): Writer {
  let current: Promise<Producer> | null = null;
  let last: Promise<unknown> = Promise.resolve();
  const producer = (): Promise<Producer> => {
    current ??= openProducer(cluster);
    return current;
  };
  const abandon = (): void => {
    current?.then((old) => old.disconnect()).catch(() => undefined);
    current = null;
  };
  const append: Writer["append"] = async (topic, partition, records, signal) => {
    let perhaps = false;
    for (let tries = 1; ; tries++) {
      if (signal.aborted) {
        if (perhaps) abandon();
        return stopped(perhaps);
      }
      let sent = false;
      try {
        const writing = await before(producer(), signal, "stopped before it was sent");
        sent = true;
        const messages = records.map((record) => ({ ...record, partition }));
        const [appended] = await before(writing.send({ topic, acks: -1, messages }), signal, "stopped before the broker answered");
        const base = BigInt(appended?.baseOffset ?? "-1");
        return { status: "appended", base: base < 0n ? null : base };
      } catch (error) {
        perhaps ||= sent && !surelyNotAppended(error);
        if (tries < TRIES && !signal.aborted && isPassing(error)) {
          if (!sent) abandon();
          await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
          continue;
        }
        if (perhaps || !sent) abandon();
        return { status: perhaps ? "unknown" : "refused", fault: faultOf(error) };
      }
    }
  };
  return {
    append(...input) {
      const mine = last.then(() => append(...input));
      last = mine;
      return mine;
    },
  };
}

const stopped = (perhaps: boolean): Written => ({ status: perhaps ? "unknown" : "refused", fault: new Fault("timeout", perhaps ? "stopped before the broker answered" : "stopped before it was sent") });

async function openProducer({ kafka, onClose }: Cluster): Promise<Producer> {
  // one try: it refuses a number below one for an idempotent producer, and counts up to this one never
  const retry = { retries: Number.NaN };
  const producer = kafka.producer({ idempotent: true, allowAutoTopicCreation: false, createPartitioner: kafkajs.Partitioners.DefaultPartitioner, retry });
  const forget = onClose(() => producer.disconnect());
  producer.on("producer.disconnect", forget);
  await producer.connect();
  return producer;
}
