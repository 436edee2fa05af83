import type { Depth } from "#core/brokers/adapter.ts";
import { before } from "#core/brokers/deadline.ts";
import { Fault } from "#core/fault.ts";
import { partitionsOf, type Cluster } from "./cluster.ts";
import { faultOf } from "./faults.ts";
import { behind, marksOf, type Commits } from "./lag.ts";

type Measured = Pick<Cluster, "admin" | "reader">;
type Source = { readonly queue: string };

/**
 * One depth a topic: what our group has not committed yet, an upper bound, since markers and what compaction took count as
 * records. All topics are asked for together; where one of them spoils that, each by itself. Throws Fault.
 */
export const depths = (cluster: Measured, group: string, sources: readonly Source[], signal: AbortSignal): Promise<readonly Depth[]> =>
  before(measured(cluster, group, sources), signal, "the cluster did not answer in time").catch((error: unknown) => {
    throw faultOf(error);
  });

async function measured(cluster: Measured, group: string, sources: readonly Source[]): Promise<readonly Depth[]> {
  const ours = await groupsOf(cluster);
  // commits before ends: the other way round a busy topic seems to be read beyond its end
  const commits = await Promise.all(sources.map(({ queue }) => commitsOf(cluster, `${group}.${queue}`, queue, ours)));
  const together = await marksOf(cluster, sources.map(({ queue }) => queue)).catch(() => null);
  return Promise.all(
    sources.map(async ({ queue }, at): Promise<Depth> => {
      try {
        const mine = commits[at];
        if (mine instanceof Fault) throw mine;
        const marks = together?.get(queue) ?? (await marksOf(cluster, [queue])).get(queue);
        if (marks === undefined) throw await whyUnknown(cluster, queue);
        const { count, place } = behind(marks, mine ?? [], "all");
        return { kind: "upper_bound", ready: count, inFlight: null, consumers: null, place };
      } catch (error) {
        return { kind: "unknown", fault: faultOf(error) };
      }
    }),
  );
}

async function whyUnknown({ admin }: Measured, topic: string): Promise<Fault> {
  const without = (await partitionsOf(admin, topic)).find(({ leader }) => leader < 0);
  return new Fault("blocked", without === undefined ? `the topic ${topic} was not described` : `partition ${without.partition} of ${topic} has no leader`);
}

/** The groups there are, so that topics nobody captures cost no question; null where the login may not list them. */
const groupsOf = ({ admin }: Measured): Promise<ReadonlySet<string> | null> =>
  admin.listGroups().then(
    ({ groups }) => new Set(groups.map(({ groupId }) => groupId)),
    () => null,
  );

async function commitsOf({ admin }: Measured, groupId: string, topic: string, groups: ReadonlySet<string> | null): Promise<Commits | Fault> {
  if (groups !== null && !groups.has(groupId)) return [];
  try {
    const found = await admin.fetchOffsets({ groupId });
    return found.find((each) => each.topic === topic)?.partitions ?? [];
  } catch (error) {
    return faultOf(error);
  }
}
