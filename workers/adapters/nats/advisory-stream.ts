import { DiscardPolicy, RetentionPolicy, StorageType, type StreamInfo } from "@nats-io/jetstream";
import { covers } from "#core/brokers/nats-subject.ts";
import type { Connection } from "./connection.ts";
import { faultOf, isMissing } from "./faults.ts";

/**
 * JetStream has no dead-letter queue: a message that its consumer gave up stays where it is, and the server announces
 * it once, on these subjects, to whoever listens at that moment (nats-server's JSAdvisoryConsumer...Pre). So a stream
 * has to keep the announcements before the first message fails.
 */
export const ADVISORY_SUBJECTS = [
  "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",
  "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
] as const;
type AdvisorySubject = (typeof ADVISORY_SUBJECTS)[number];

/** Which streams keep advisories, and of which subjects nobody does and why. */
export type Advisories = {
  readonly streams: ReadonlySet<string>;
  readonly unkept: ReadonlyMap<AdvisorySubject, string>;
};

/** What was not captured within this time is deleted. */
const KEEP_DAYS = 30;
const DAY_NS = 24 * 3_600 * 1e9;
/** Of a cluster's account; where three cannot be had, one. */
const CLUSTER_REPLICAS = 3;

/**
 * Makes sure that advisories are kept: by streams there are, else by a new one of this name. A stream that exists is
 * never changed, nor are subjects taken from one. Never throws: what it could not do stands in `unkept`.
 */
export async function keepAdvisories(connection: Connection, name: string): Promise<Advisories> {
  try {
    const before = await holdersOf(connection);
    const free = ADVISORY_SUBJECTS.filter((subject) => before.get(subject)?.length === 0);
    const refusal = free.length === 0 ? null : await create(connection, name, free);
    return judge(free.length === 0 ? before : await holdersOf(connection), refusal);
  } catch (error) {
    const why = faultOf(error).detail;
    return { streams: new Set(), unkept: new Map(ADVISORY_SUBJECTS.map((subject) => [subject, why])) };
  }
}

/** The streams that hold a subject, wholly or a part of it. */
async function holdersOf({ jsm }: Connection): Promise<ReadonlyMap<AdvisorySubject, readonly StreamInfo[]>> {
  const entries = ADVISORY_SUBJECTS.map(async (subject) => {
    const infos: StreamInfo[] = [];
    for await (const info of jsm.streams.list(subject)) infos.push(info);
    return [subject, infos] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Creates the stream. Resolves to why it could not, or null. */
async function create({ nc, jsm }: Connection, name: string, subjects: readonly string[]): Promise<string | null> {
  const existing = await jsm.streams.info(name).catch((error: unknown) => (isMissing(error) ? null : Promise.reject(error)));
  if (existing !== null) return `there is a stream ${name} that does not hold it`;
  const config = {
    name,
    description: "Advisories of messages that consumers gave up, kept for Redrive",
    subjects: [...subjects],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_age: KEEP_DAYS * DAY_NS,
  };
  let refusal: string | null = null;
  for (const replicas of nc.info?.cluster === undefined ? [1] : [CLUSTER_REPLICAS, 1]) {
    try {
      await jsm.streams.add({ ...config, num_replicas: replicas });
      return null;
    } catch (error) {
      refusal = `the stream ${name} could not be made: ${faultOf(error).detail}`;
    }
  }
  return refusal;
}

function judge(holders: ReadonlyMap<AdvisorySubject, readonly StreamInfo[]>, refusal: string | null): Advisories {
  const streams = new Set<string>();
  const unkept = new Map<AdvisorySubject, string>();
  for (const [subject, infos] of holders) {
    const readable = infos.filter(({ config }) => config.retention === RetentionPolicy.Limits);
    for (const { config } of readable) streams.add(config.name);
    if (readable.some(({ config }) => config.subjects?.some((held) => covers(held, subject)) ?? false)) continue;
    const taken = infos.map(({ config }) => config.name).join(", ");
    unkept.set(subject, refusal ?? `the stream ${taken} holds a part of these subjects, or gives each message to one consumer only`);
  }
  return { streams, unkept };
}
