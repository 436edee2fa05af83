import { z } from "zod";
import type { DiscoveredQueue } from "#core/brokers/adapter.ts";
import type { Source } from "./capture.ts";
import { ask, type Management } from "./management.ts";
import { judge, signsOfName, type Judgement, type ListedQueue } from "./topology.ts";

// An empty object is [] in some answers of the management API.
const table = z.record(z.string(), z.unknown()).catch({});
const page = z.object({
  page_count: z.number().int(),
  items: z.array(
    z.object({
      name: z.string(),
      type: z.string().default("classic"),
      arguments: table.default({}),
      effective_policy_definition: table.default({}),
      exclusive: z.boolean().nullish(),
    }),
  ),
});
const exchanges = z.array(z.object({ name: z.string(), type: z.string() }));
const bindings = z.array(
  z
    .object({ source: z.string(), destination: z.string(), destination_type: z.string(), routing_key: z.string() })
    .transform(({ destination_type, routing_key, ...rest }) => ({
      ...rest,
      destinationType: destination_type,
      routingKey: routing_key,
    })),
);

const PAGE_SIZE = 500;
const MAX_PAGES = 100;
const NOTHING: Judgement = { signs: [], warnings: [] };

/** Every queue of the vhost, by the management API. Throws Fault. */
export async function discoverByApi(management: Management, signal: AbortSignal): Promise<DiscoveredQueue<Source>[]> {
  const queues = await listQueues(management, signal);
  const [listedExchanges, listedBindings] = await Promise.all([
    ask(management, "exchanges", "?columns=name,type", exchanges, signal),
    ask(management, "bindings", "", bindings, signal),
  ]);
  const judgements = judge({ queues, exchanges: listedExchanges, bindings: listedBindings });
  return queues.flatMap((queue) => {
    const source = sourceOf(queue);
    return source === null ? [] : [discovered(source, queue.type, judgements.get(queue.name) ?? NOTHING)];
  });
}

/** Queues that were named by hand: nothing is known of them but the name. */
export const discoverByName = (names: readonly string[]): DiscoveredQueue<Source>[] =>
  names.map((queue) =>
    discovered({ queue, type: "classic" }, "unknown", {
      signs: signsOfName(queue),
      warnings: ["Without the management API its type is not known: set the type by hand if it is a stream."],
    }),
  );

/** Names as typed in the settings: one a line, or separated by commas. */
export const namesIn = (text: string): string[] => [...new Set(text.split(/[\n,]/).map((name) => name.trim()))].filter((name) => name !== "");

async function listQueues(management: Management, signal: AbortSignal): Promise<ListedQueue[]> {
  const queues: ListedQueue[] = [];
  const columns = "name,type,arguments,effective_policy_definition,exclusive";
  for (let number = 1, pages = 1; number <= Math.min(pages, MAX_PAGES); number++) {
    const query = `?page=${number}&page_size=${PAGE_SIZE}&columns=${columns}`;
    const answer = await ask(management, "queues", query, page, signal);
    pages = answer.page_count;
    for (const { effective_policy_definition: policy, exclusive, ...queue } of answer.items) {
      // Nobody but its own connection may read an exclusive queue.
      if (exclusive !== true) queues.push({ ...queue, policy });
    }
  }
  return queues;
}

function sourceOf({ name, type }: ListedQueue): Source | null {
  return type === "classic" || type === "quorum" || type === "stream" ? { queue: name, type } : null;
}

const discovered = (source: Source, type: string, { signs, warnings }: Judgement): DiscoveredQueue<Source> => ({
  name: source.queue,
  type,
  source,
  custody: source.type === "stream" ? "copied" : "taken",
  deadLetterSigns: signs,
  warnings,
});
