import type { DeadLetterSign } from "#core/brokers/adapter.ts";

/** A queue as the management API lists it; argument values are whatever a client declared. */
export type ListedQueue = {
  readonly name: string;
  readonly type: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly policy: Readonly<Record<string, unknown>>;
};
export type Topology = {
  readonly queues: readonly ListedQueue[];
  readonly exchanges: readonly { readonly name: string; readonly type: string }[];
  readonly bindings: readonly {
    readonly source: string;
    readonly destination: string;
    readonly destinationType: string;
    readonly routingKey: string;
  }[];
};
export type Judgement = { readonly signs: readonly DeadLetterSign[]; readonly warnings: readonly string[] };

const DEAD_NAME = /(^|[._-])(dlq|dead|error|failed|poison|parking)|_skipped$|\.XQ$/i;

/** The sign in a name, for brokers whose topology can not be read. */
export const signsOfName = (name: string): DeadLetterSign[] => (DEAD_NAME.test(name) ? [{ sign: "name" }] : []);

/** Which queues are dead-letter queues of which others, and what is wrong with them, by queue name. */
export function judge(topology: Topology): ReadonlyMap<string, Judgement> {
  const exchanges = new Map(topology.exchanges.map(({ name, type }) => [name, type]));
  const routes = routesOf(topology, exchanges);
  const feeders = new Map<string, Set<string>>();
  const missing = new Map<string, string>();
  for (const queue of topology.queues) {
    const exchange = setting(queue, "dead-letter-exchange");
    if (typeof exchange !== "string") continue;
    if (exchange !== "" && !exchanges.has(exchange)) missing.set(queue.name, exchange);
    for (const key of deadKeysOf(queue, topology)) {
      for (const target of routes(exchange, key)) {
        if (target !== queue.name) feeders.set(target, (feeders.get(target) ?? new Set()).add(queue.name));
      }
    }
  }
  return new Map(
    topology.queues.map((queue) => {
      const targetOf = [...(feeders.get(queue.name) ?? [])].toSorted().map((name) => ({ sign: "target_of", queue: name }) as const);
      const signs = [...targetOf, ...signsOfName(queue.name)];
      const exchange = missing.get(queue.name);
      const warnings = [
        ...(exchange === undefined ? [] : [`Its dead-letter exchange ${exchange} does not exist: what dies here is lost.`]),
        ...(signs.length > 0 ? deadLetterWarnings(queue) : []),
      ];
      return [queue.name, { signs, warnings }];
    }),
  );
}

/** A queue's own argument, else its policy's. */
const setting = (queue: ListedQueue, name: string): unknown => queue.arguments[`x-${name}`] ?? queue.policy[name];

/** The routing keys its dead letters may carry: the one it sets, else those by which messages reach it. */
function deadKeysOf(queue: ListedQueue, { bindings }: Topology): ReadonlySet<string> {
  const own = setting(queue, "dead-letter-routing-key");
  if (typeof own === "string") return new Set([own]);
  const reaching = bindings.filter(({ destination, destinationType }) => destinationType === "queue" && destination === queue.name);
  return new Set([queue.name, ...reaching.map(({ routingKey }) => routingKey)]);
}

/** Follows bindings from an exchange, through other exchanges, to queues. A headers exchange tells nothing by its keys. */
function routesOf({ queues, bindings }: Topology, types: ReadonlyMap<string, string>) {
  const names = new Set(queues.map(({ name }) => name));
  const bySource = Map.groupBy(bindings, ({ source }) => source);
  return (exchange: string, key: string): ReadonlySet<string> => {
    if (exchange === "") return new Set(names.has(key) ? [key] : []);
    const reached = new Set<string>();
    const visited = new Set<string>();
    const pending = [exchange];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (visited.has(next)) continue;
      visited.add(next);
      const type = types.get(next);
      for (const binding of bySource.get(next) ?? []) {
        if (!matches(type, binding.routingKey, key)) continue;
        if (binding.destinationType === "queue") reached.add(binding.destination);
        else pending.push(binding.destination);
      }
    }
    return reached;
  };
}

function matches(exchangeType: string | undefined, pattern: string, key: string): boolean {
  if (exchangeType === "fanout") return true;
  if (exchangeType === "topic") return topicMatches(pattern.split("."), key.split("."));
  return exchangeType === "direct" && pattern === key;
}

/** `*` is one word, `#` any number. The key may itself be the pattern by which its messages came. */
export function topicMatches(pattern: readonly string[], key: readonly string[]): boolean {
  // One row per word of the pattern: which prefixes of the key it matches so far. No recursion: patterns are a stranger's.
  let row = key.map(() => false);
  row.unshift(true);
  for (const word of pattern) {
    const above = row;
    const next = [word === "#" && above[0] === true];
    for (let i = 1; i <= key.length; i++) {
      const one = above[i - 1] === true && (word === "*" || word === "#" || word === key[i - 1]);
      next.push(one || (word === "#" && (above[i] === true || next[i - 1] === true)));
    }
    row = next;
  }
  return row[key.length] === true;
}

function deadLetterWarnings(queue: ListedQueue): string[] {
  const warnings: string[] = [];
  const ttl = setting(queue, "message-ttl");
  const expires = setting(queue, "expires");
  if (ttl !== undefined) warnings.push(`Messages expire here after ${String(ttl)} ms, read or not.`);
  if (expires !== undefined) warnings.push(`The queue deletes itself after ${String(expires)} ms without a consumer.`);
  const limited = ["max-length", "max-length-bytes"].filter((name) => setting(queue, name) !== undefined);
  if (limited.length > 0 && queue.type !== "stream") warnings.push("It has a length limit: over it, dead letters are lost.");
  if (queue.type === "quorum") warnings.push(...deliveryLimitWarnings(queue));
  return warnings;
}

function deliveryLimitWarnings(queue: ListedQueue): string[] {
  const limit = setting(queue, "delivery-limit");
  if (limit === -1) return [];
  const fate = setting(queue, "dead-letter-exchange") === undefined ? "dropped" : "dead-lettered once more";
  if (limit === undefined) {
    return [`It has no delivery-limit of -1: from RabbitMQ 4.0 on a message returned 20 times is ${fate}.`];
  }
  return [`A message returned ${String(limit)} times is ${fate}: set delivery-limit to -1.`];
}
