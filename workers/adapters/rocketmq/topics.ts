import type { DeadLetterSign, Depth, DiscoveredQueue } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { committedOf, placesOf } from "./capture.ts";
import type { Cluster, TopicPart } from "./cluster.ts";
import { ANSWER, PERM, REQUEST } from "./codes.ts";
import { faultOf } from "./faults.ts";
import { parseLooseJson } from "./frame.ts";
import { boundsOf } from "./queue-reader.ts";

type Source = { readonly queue: string };

/** One depth a topic: what lies behind our group's offsets. A broker that compacts a topic leaves holes, so it is an upper bound. */
export const depths = (cluster: Cluster, group: string, sources: readonly Source[], signal: AbortSignal): Promise<readonly Depth[]> =>
  before(Promise.all(sources.map(({ queue }) => depthOf(cluster, group, queue, signal).catch((error: unknown): Depth => ({ kind: "unknown", fault: faultOf(error) })))), signal, "the cluster did not answer in time");

async function depthOf(cluster: Cluster, group: string, topic: string, signal: AbortSignal): Promise<Depth> {
  const parts = await cluster.parts(topic);
  const waiting = await Promise.all(parts.flatMap((part) => placesOf(topic, part)).map(async (place) => {
    // the offset first, the end second: the other way round a busy topic seems to be read beyond its end
    const committed = await committedOf(cluster, group, place, signal);
    const { min, max } = await boundsOf(cluster, place, signal);
    const from = committed === null || committed < min ? min : committed;
    return max > from ? max - from : 0n;
  }));
  return { kind: "upper_bound", ready: Number(waiting.reduce((sum, each) => sum + each, 0n)), inFlight: null, consumers: null };
}

const DEAD = "%DLQ%";
const RETRY = "%RETRY%";
const DEAD_NAME = /(^|[._-])(dlt|dlq|dead|dead-?letters?|error|errors|failed|poison|parking)($|[._-])/i;
/** Topics that brokers and proxies make for themselves; source: TopicValidator of RocketMQ 5.3. */
const SYSTEM = /^(rmq_sys_|RMQ_SYS_|CID_RMQ_SYS_|SCHEDULE_TOPIC_XXXX$|TBW102$|SELF_TEST_TOPIC$|BenchmarkTest$|OFFSET_MOVED_EVENT$|TRANS_CHECK_MAX_TIME_TOPIC$|DefaultHeartBeatSyncerTopic$|DefaultCluster_REPLY_TOPIC$)|_REPLY_TOPIC$/;

/** Every topic but RocketMQ's own and those of retries; dead-letter topics as the broker names them. */
export async function discover(cluster: Cluster, signal: AbortSignal): Promise<DiscoveredQueue<Source>[]> {
  try {
    const [all, system] = await before(Promise.all([namesOf(cluster, REQUEST.topicList), namesOf(cluster, REQUEST.systemTopicList).catch(() => new Set<string>())]), signal, "the name server did not answer in time");
    const topics = [...all].filter((topic) => !system.has(topic) && !SYSTEM.test(topic) && !topic.startsWith(RETRY)).toSorted();
    const kept = new Map<string, Promise<string | null>>();
    const shortLivedOnce = (part: TopicPart): Promise<string | null> => {
      const asked = kept.get(part.address) ?? shortLived(cluster, part, signal);
      kept.set(part.address, asked);
      return asked;
    };
    return await before(Promise.all(topics.map(async (topic) => ({
      name: topic,
      type: "topic",
      source: { queue: topic },
      custody: "copied" as const,
      deadLetterSigns: signsOf(topic, all),
      warnings: topic.startsWith(DEAD) ? await warningsOf(cluster, topic, all, shortLivedOnce, signal) : [],
    }))), signal, "the brokers did not answer in time");
  } catch (error) {
    throw faultOf(error);
  }
}

async function namesOf(cluster: Cluster, code: number): Promise<ReadonlySet<string>> {
  const { topicList = [] } = parseLooseJson((await cluster.askName(code)).body) as { topicList?: readonly string[] };
  return new Set(topicList);
}

function signsOf(topic: string, all: ReadonlySet<string>): DeadLetterSign[] {
  if (!topic.startsWith(DEAD)) return DEAD_NAME.test(topic) ? [{ sign: "name" }] : [];
  const retry = `${RETRY}${topic.slice(DEAD.length)}`;
  return all.has(retry) ? [{ sign: "target_of", queue: retry }, { sign: "declared" }] : [{ sign: "declared" }];
}

const SHORT_HOURS = 7 * 24;

/** What an operator should know of a group's dead letters; what this login may not ask about is not told. */
async function warningsOf(cluster: Cluster, topic: string, all: ReadonlySet<string>, keptFor: (part: TopicPart) => Promise<string | null>, signal: AbortSignal): Promise<string[]> {
  const group = topic.slice(DEAD.length);
  const parts = await cluster.parts(topic).catch((): TopicPart[] => []);
  const warnings = parts
    .filter(({ perm }) => (perm & PERM.read) === 0)
    .map(({ broker, perm }) => `It may not be read on ${broker} (perm=${perm}): mqadmin updateTopicPerm -t '${topic}' -p 6 allows it.`);
  const asked = await Promise.all(parts.map(async (part) => [await keptFor(part), await nobodyThere(cluster, part, group, signal)]).concat(all.has(`${RETRY}${group}`) ? [retriesRunning(cluster, group, signal).then((each) => [each])] : []));
  return [...new Set([...warnings, ...asked.flat().filter((each) => each !== null)])];
}

async function shortLived(cluster: Cluster, { address, broker }: TopicPart, signal: AbortSignal): Promise<string | null> {
  try {
    const answer = await (await cluster.broker(address)).ask(REQUEST.brokerConfig, { signal });
    const hours = Number(/^fileReservedTime=(\d+)\s*$/m.exec(answer.body.toString("utf8"))?.[1]);
    return answer.code === ANSWER.success && hours < SHORT_HOURS ? `Dead letters are deleted after ${hours} hours on ${broker} (fileReservedTime), read or not.` : null;
  } catch {
    return null;
  }
}

async function nobodyThere(cluster: Cluster, { address }: TopicPart, group: string, signal: AbortSignal): Promise<string | null> {
  try {
    const { code, remark } = await (await cluster.broker(address)).ask(REQUEST.consumersOfGroup, { fields: { consumerGroup: group }, signal });
    return code === ANSWER.systemError && /no consumer for this group/.test(remark ?? "") ? `No consumer of ${group} is connected: what is resent waits until one is.` : null;
  } catch {
    return null;
  }
}

async function retriesRunning(cluster: Cluster, group: string, signal: AbortSignal): Promise<string | null> {
  const depth = await depthOf(cluster, group, `${RETRY}${group}`, signal).catch(() => null);
  return depth !== null && depth.kind !== "unknown" && depth.ready > 0 ? `${depth.ready} messages of ${group} wait for another try: more may come.` : null;
}
