import type { ConsumerInfo, StreamInfo } from "@nats-io/jetstream";
import type { DiscoveredQueue } from "#core/brokers/adapter.ts";
import { keepAdvisories, type Advisories } from "./advisory-stream.ts";
import type { Connection } from "./connection.ts";
import type { Source } from "./consumer.ts";
import { faultOf } from "./faults.ts";
import { signsOf, warningsOf } from "./judge.ts";
import { inLanes } from "#core/brokers/lanes.ts";

const LANES = 8;
/** Streams in which NATS itself keeps buckets of keys, objects and MQTT sessions: nothing waits in them. */
const INNER = /^\$(KV|O|MQTT)\./;

/** Every stream this login can see, after looking again whether advisories are kept. Throws Fault. */
export async function discover(connection: Connection, advisoryStream: string): Promise<DiscoveredQueue<Source>[]> {
  try {
    const advisories = await keepAdvisories(connection, advisoryStream);
    const streams: StreamInfo[] = [];
    for await (const info of connection.jsm.streams.list()) streams.push(info);
    return await inLanes(streams.filter(isQueue), LANES, (info) => discovered(connection, info, advisories));
  } catch (error) {
    throw connection.fault() ?? faultOf(error);
  }
}

const isQueue = ({ config: { subjects = [] } }: StreamInfo): boolean => subjects.length === 0 || !subjects.every((subject) => INNER.test(subject));

async function discovered(connection: Connection, info: StreamInfo, advisories: Advisories): Promise<DiscoveredQueue<Source>> {
  const { name, retention } = info.config;
  const consumers = info.state.consumer_count === 0 ? [] : await consumersOf(connection, name);
  return {
    name,
    type: retention,
    source: { queue: name, mode: advisories.streams.has(name) ? "advisories" : "stream", retention },
    custody: retention === "limits" ? "copied" : "taken",
    deadLetterSigns: signsOf(info, advisories),
    warnings: warningsOf(info, { advisories, consumers, serverVersion: connection.nc.info?.version ?? "unknown" }),
  };
}

async function consumersOf({ jsm }: Connection, stream: string): Promise<ConsumerInfo[]> {
  const consumers: ConsumerInfo[] = [];
  for await (const info of jsm.consumers.list(stream)) consumers.push(info);
  return consumers;
}
