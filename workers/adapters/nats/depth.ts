import { RetentionPolicy, type StreamInfo } from "@nats-io/jetstream";
import type { Depth } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { durableName, type Source } from "./consumer.ts";
import type { Connection } from "./connection.ts";
import { faultOf, isMissing } from "./faults.ts";
import { inLanes } from "#core/brokers/lanes.ts";

/** Questions to the JetStream API under way at a time. */
const LANES = 16;
/** From here on one list of all streams is asked for, not each by itself. */
const MANY = 16;

/** In the order of `sources`. Throws Fault when nothing could be measured at all. */
export async function depth(connection: Connection, sources: readonly Source[]): Promise<Depth[]> {
  const fault = connection.fault();
  if (fault !== null) throw fault;
  const listed = sources.length > MANY ? await streamsByName(connection) : null;
  const depths = await inLanes(sources, LANES, (source) => measure(connection, source, listed));
  return connection.fault() === null ? depths : Promise.reject(connection.fault());
}

async function streamsByName({ jsm }: Connection): Promise<ReadonlyMap<string, StreamInfo>> {
  const streams = new Map<string, StreamInfo>();
  try {
    for await (const info of jsm.streams.list()) streams.set(info.config.name, info);
  } catch (error) {
    throw faultOf(error);
  }
  return streams;
}

async function measure(connection: Connection, source: Source, listed: ReadonlyMap<string, StreamInfo> | null): Promise<Depth> {
  try {
    if (source.mode === "subject") throw new Fault("unsupported", "nothing waits on a subject: NATS gives what is sent to those who listen at that moment");
    // what a list leaves out may be a stream whose leader was silent
    const known = source.subject === undefined ? listed?.get(source.queue) : undefined;
    const info = known ?? (await infoOf(connection, source));
    return info.config.retention === RetentionPolicy.Limits ? held(info, source) : await waiting(connection, source, info);
  } catch (error) {
    return { kind: "unknown", fault: faultOf(error) };
  }
}

const infoOf = ({ jsm }: Connection, { queue, subject }: Source): Promise<StreamInfo> =>
  jsm.streams.info(queue, subject === undefined ? undefined : { subjects_filter: subject });

const messagesIn = ({ state }: StreamInfo, { subject }: Source): number =>
  subject === undefined ? state.messages : Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);

/** A limits stream keeps what was read: what it holds is the most that may wait. */
const held = (info: StreamInfo, source: Source): Depth => ({
  kind: "upper_bound",
  ready: messagesIn(info, source),
  inFlight: null,
  consumers: info.state.consumer_count,
});

/** A work queue and an interest stream keep what was not acknowledged. With our consumer it is known what is left for it. */
async function waiting({ jsm }: Connection, source: Source, info: StreamInfo): Promise<Depth> {
  const consumers = info.state.consumer_count;
  const ours = await jsm.consumers.info(source.queue, durableName(source)).catch((error: unknown) => {
    if (isMissing(error)) return null;
    throw error instanceof Error ? error : new Fault("internal", "the consumer could not be asked");
  });
  if (ours === null) return { kind: "exact", ready: messagesIn(info, source), inFlight: null, consumers };
  return { kind: "exact", ready: ours.num_pending, inFlight: ours.num_ack_pending, consumers };
}
