import type { DeadLetterSign, DiscoveredQueue } from "#core/brokers/adapter.ts";
import { inLanes } from "#core/brokers/lanes.ts";
import { Fault } from "#core/fault.ts";
import type { Connection } from "./connection.ts";
import { faultOf } from "./faults.ts";
import { warningsOf } from "./hygiene.ts";

type Source = { readonly queue: string };

const LANES = 8;
const PARTITION = /-partition-\d+$/;
/** Topics in which Pulsar keeps its own: policies, transactions, schemas of functions. */
const INNER = /\/__[^/]*$|^persistent:\/\/pulsar\/system\//;
/** `<topic>-<subscription>-DLQ` and `-RETRY`, by which Pulsar's clients name them; before 2.8 without the topic. */
const CONVENTION = /-(?:DLQ|RETRY)$/i;
const DEAD_NAME = /[._-](?:dlq|dlt|dead|dead-?letters?|failed|poison|parking)$|\/(?:dlq|dead-?letters?)$/i;

/** Every persistent topic of the namespaces, a partitioned one as one. Throws Fault. */
export async function discover(connection: Connection, signal: AbortSignal): Promise<DiscoveredQueue<Source>[]> {
  try {
    const found = (await inLanes(connection.namespaces, 2, (namespace) => topicsIn(connection, namespace, signal))).flat();
    const names = found.map(({ name }) => name).toSorted((a, b) => b.length - a.length);
    return await inLanes(found, LANES, async ({ name, type }) => {
      const deadLetterSigns = signsOf(name, names);
      return { name, type, source: { queue: name }, custody: "copied", deadLetterSigns, warnings: deadLetterSigns.length === 0 ? [] : await warningsOf(connection, name, signal) };
    });
  } catch (error) {
    throw connection.fault() ?? faultOf(error);
  }
}

async function topicsIn({ rest }: Connection, namespace: string, signal: AbortSignal): Promise<{ readonly name: string; readonly type: string }[]> {
  const path = `persistent/${namespace.split("/").map(encodeURIComponent).join("/")}`;
  const [topics, partitioned] = await Promise.all([rest.get(path, signal), rest.get(`${path}/partitioned`, signal)]).catch((error: unknown) => {
    const fault = faultOf(error);
    throw new Fault(fault.code, `${namespace}: ${fault.detail}`);
  });
  const whole = new Set(textsIn(partitioned));
  const single = textsIn(topics).filter((name) => !whole.has(name.replace(PARTITION, "")));
  const all = [...single.map((name) => ({ name, type: "topic" })), ...[...whole].map((name) => ({ name, type: "partitioned topic" }))];
  return all.filter(({ name }) => !INNER.test(name)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

const textsIn = (json: unknown): string[] => (Array.isArray(json) ? json.filter((each) => typeof each === "string") : []);

/** `longest` are all names, the longest first: the topic that feeds this one is the longest that begins its name. */
function signsOf(topic: string, longest: readonly string[]): DeadLetterSign[] {
  const named: DeadLetterSign[] = CONVENTION.test(topic) || DEAD_NAME.test(topic) ? [{ sign: "name" }] : [];
  if (!CONVENTION.test(topic)) return named;
  const fed = longest.find((name) => topic.startsWith(`${name}-`) && topic.length > name.length && !CONVENTION.test(name));
  return fed === undefined ? named : [{ sign: "target_of", queue: fed }, ...named];
}
