import type { Admin } from "kafkajs";
import type { Place, Reader, Readers } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import type { Cluster } from "./cluster.ts";

/** First offset that is there, and the one that comes next, by partition. */
type Marks = ReadonlyMap<number, { readonly low: bigint; readonly high: bigint }>;
export type Commits = readonly { readonly partition: number; readonly offset: string }[];

/** The marks of many topics in two requests a broker; of a missing topic none. Throws kafkajs's errors. */
export async function marksOf({ reader }: Pick<Cluster, "reader">, topics: readonly string[]): Promise<ReadonlyMap<string, Marks>> {
  const inner = await reader();
  await inner.addMultipleTargetTopics([...topics]);
  await inner.refreshMetadataIfNecessary();
  // of a partition without a leader nothing is known, and so of its topic
  const whole = topics.map((topic) => ({ topic, partitions: inner.findTopicPartitionMetadata(topic) })).filter(({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0));
  const asked = whole.map(({ topic, partitions }) => ({ topic, partitions: partitions.map(({ partitionId }) => ({ partition: partitionId })) }));
  if (asked.length === 0) return new Map();
  const ends = (fromBeginning: boolean) => inner.fetchTopicsOffset(asked.map((each) => ({ ...each, fromBeginning })));
  const [lows, highs] = await Promise.all([ends(true), ends(false)]);
  const low = new Map(lows.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => [`${topic}-${partition}`, BigInt(offset)] as const)));
  return new Map(highs.map(({ topic, partitions }) => [topic, new Map(partitions.map(({ partition, offset }) => [partition, { low: low.get(`${topic}-${partition}`) ?? 0n, high: BigInt(offset) }]))]));
}

/** Worst first: what is odd in one partition is told of the whole. */
const ORDER: readonly Place[] = ["beyond", "truncated", "none", "set"];

/**
 * How many offsets lie after a group's commits, and how its place lies. `uncommitted` says what counts in a partition
 * without a commit: all that is there, for a reader that will begin at the start, or nothing, when that is not known.
 */
export function behind(marks: Marks, commits: Commits, uncommitted: "all" | "nothing"): { readonly count: number; readonly place: Place } {
  const places = new Set<Place>();
  let count = 0n;
  for (const [partition, { low, high }] of marks) {
    const commit = BigInt(commits.find((each) => each.partition === partition)?.offset ?? "-1");
    // an empty partition without a commit hides nothing
    const place = commit < 0n ? (high === low ? "set" : "none") : commit > high ? "beyond" : commit < low ? "truncated" : "set";
    places.add(place);
    if (place === "set" && commit >= 0n) count += high - commit;
    else if (place !== "none" || uncommitted === "all") count += high - low;
  }
  return { count: Number(count), place: ORDER.find((place) => places.has(place)) ?? "set" };
}

const MAX_GROUPS = 300;
const AT_ONCE = 10;
/** Of the 5 s that listing queues may take. */
const BUDGET_MS = 3_000;
const SHOWN = 20;

/**
 * The groups with a place in each of the topics, farthest behind first. Answers null for every topic when the login may not
 * list groups or there was no time for it: the list of topics does not wait for this.
 */
export async function readersOf(cluster: Pick<Cluster, "admin" | "reader">, topics: ReadonlySet<string>, signal: AbortSignal): Promise<(topic: string) => Readers | null> {
  const ending = AbortSignal.any([signal, AbortSignal.timeout(BUDGET_MS)]);
  try {
    const { commits, all } = await commitsOf(cluster.admin, topics, ending);
    const marks = await before(marksOf(cluster, [...commits.keys()]), ending, "no time for the groups");
    return (topic) => {
      const list = [...(commits.get(topic) ?? [])].map(([name, each]): Reader => {
        const { count, place } = behind(marks.get(topic) ?? new Map(), each, "nothing");
        return { name, behind: count, place };
      });
      return { list: list.toSorted((a, b) => b.behind - a.behind).slice(0, SHOWN), more: !all || list.length > SHOWN };
    };
  } catch {
    return () => null;
  }
}

/** Commits by topic and group, and whether every group was asked. Share groups keep none that can be asked for. */
async function commitsOf(admin: Admin, topics: ReadonlySet<string>, ending: AbortSignal): Promise<{ commits: Map<string, Map<string, Commits>>; all: boolean }> {
  const { groups } = await before(admin.listGroups(), ending, "no time for the groups");
  const names = groups.filter(({ protocolType }) => protocolType === "consumer" || protocolType === "").map(({ groupId }) => groupId);
  const waiting = names.toSorted().slice(0, MAX_GROUPS);
  const commits = new Map<string, Map<string, Commits>>();
  let all = waiting.length === names.length;
  const ask = async (): Promise<void> => {
    for (let group = waiting.shift(); group !== undefined; group = waiting.shift()) {
      const found = await before(admin.fetchOffsets({ groupId: group }), ending, "no time for the groups").catch(() => null);
      if (found === null) all = false;
      for (const { topic, partitions } of found ?? []) {
        if (!topics.has(topic) || partitions.every(({ offset }) => BigInt(offset) < 0n)) continue;
        const known = commits.get(topic) ?? new Map<string, Commits>();
        commits.set(topic, known.set(group, partitions));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return { commits, all };
}
