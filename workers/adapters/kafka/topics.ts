import type { Admin } from "kafkajs";
import type { DeadLetterSign, DiscoveredQueue } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { kafkajs } from "./client.ts";
import type { Cluster } from "./cluster.ts";
import { faultOf } from "./faults.ts";
import { readersOf } from "./lag.ts";

const DAY_MS = 86_400_000;
const SHORT_DAYS = 7;
const DEAD_NAME = /(^|[._-])(dlt|dlq|dead|dead-?letters?|error|errors|failed|poison|parking)($|[._-])|^dead-letter-topic-|^error\./i;
const SUFFIX = /[._-](?:dlt|dlq|dead|dead-letters?|errors?)$/i;

/** Every topic but Kafka's own; dead-letter topics by their names, and by the topic whose name they extend. */
export async function discover(cluster: Pick<Cluster, "admin" | "reader">, signal: AbortSignal): Promise<DiscoveredQueue<{ readonly queue: string }>[]> {
  const { admin } = cluster;
  try {
    const topics = (await before(admin.listTopics(), signal, "the cluster did not answer in time")).filter((topic) => !topic.startsWith("__")).toSorted();
    const all = new Set(topics);
    const dead = topics.filter((topic) => signsOf(topic, all).length > 0);
    const [warnings, readers] = await Promise.all([warningsOf(admin, dead, signal), readersOf(cluster, new Set(topics), signal)]);
    return topics.map((topic) => ({ name: topic, type: "topic", source: { queue: topic }, custody: "copied", deadLetterSigns: signsOf(topic, all), warnings: warnings.get(topic) ?? [], readers: readers(topic) }));
  } catch (error) {
    throw faultOf(error);
  }
}

function signsOf(topic: string, all: ReadonlySet<string>): DeadLetterSign[] {
  const fed = topic.replace(SUFFIX, "");
  const signs: DeadLetterSign[] = fed !== topic && all.has(fed) ? [{ sign: "target_of", queue: fed }] : [];
  return DEAD_NAME.test(topic) ? [...signs, { sign: "name" }] : signs;
}

async function warningsOf(admin: Admin, topics: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string[]>> {
  if (topics.length === 0) return new Map();
  const wanted = topics.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ["retention.ms", "cleanup.policy"] }));
  // a login that may not see settings gets no warnings
  const described = await before(admin.describeConfigs({ resources: wanted, includeSynonyms: false }), signal, "the cluster did not answer in time").catch(() => null);
  return new Map(
    (described?.resources ?? []).map(({ resourceName, configEntries }) => {
      const setting = (name: string): string => configEntries.find(({ configName }) => configName === name)?.configValue ?? "";
      const warnings: string[] = [];
      const retention = Number(setting("retention.ms"));
      if (setting("cleanup.policy").includes("compact")) warnings.push("It is compacted: of dead letters with the same key only the last is kept, and those without one are refused.");
      else if (retention >= 0 && retention < SHORT_DAYS * DAY_MS) warnings.push(`Dead letters are deleted after ${Math.round(retention / 3_600_000)} hours (retention.ms), read or not.`);
      return [resourceName, warnings];
    }),
  );
}
