import { expect, test } from "vitest";
import { judge, signsOfName, topicMatches, type ListedQueue, type Topology } from "./topology.ts";

const queue = (name: string, args: Record<string, unknown> = {}, more: Partial<ListedQueue> = {}): ListedQueue => ({
  name,
  type: "classic",
  arguments: args,
  policy: {},
  ...more,
});
const bind = (source: string, destination: string, routingKey = "", destinationType = "queue") => ({
  source,
  destination,
  destinationType,
  routingKey,
});
const signs = (topology: Partial<Topology>, name: string): unknown =>
  judge({ queues: [], exchanges: [], bindings: [], ...topology }).get(name)?.signs;
const warnings = (topology: Partial<Topology>, name: string): readonly string[] =>
  judge({ queues: [], exchanges: [], bindings: [], ...topology }).get(name)?.warnings ?? [];

const TARGET = [{ sign: "target_of", queue: "work" }];

test.each<[string, Partial<Topology>]>([
  ["the default exchange", { queues: [queue("work", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "grave" }), queue("grave")] }],
  [
    "a direct exchange",
    {
      queues: [queue("work", { "x-dead-letter-exchange": "dlx", "x-dead-letter-routing-key": "k" }), queue("grave"), queue("other")],
      exchanges: [{ name: "dlx", type: "direct" }],
      bindings: [bind("dlx", "grave", "k"), bind("dlx", "other", "x")],
    },
  ],
  [
    "a fanout exchange",
    {
      queues: [queue("work", { "x-dead-letter-exchange": "dlx" }), queue("grave")],
      exchanges: [{ name: "dlx", type: "fanout" }],
      bindings: [bind("dlx", "grave", "whatever")],
    },
  ],
  [
    "a topic exchange, by the key the messages came with",
    {
      queues: [queue("work", { "x-dead-letter-exchange": "dlx" }), queue("grave")],
      exchanges: [{ name: "dlx", type: "topic" }],
      bindings: [bind("events", "work", "order.placed"), bind("dlx", "grave", "order.#")],
    },
  ],
  [
    "an exchange behind an exchange, in a circle",
    {
      queues: [queue("work", { "x-dead-letter-exchange": "a" }), queue("grave")],
      exchanges: ["a", "b"].map((name) => ({ name, type: "fanout" })),
      bindings: [bind("a", "b", "", "exchange"), bind("b", "a", "", "exchange"), bind("b", "grave")],
    },
  ],
  [
    "a policy",
    { queues: [queue("work", {}, { policy: { "dead-letter-exchange": "", "dead-letter-routing-key": "grave" } }), queue("grave")] },
  ],
])("%s leads to the dead-letter queue", (_label, topology) => {
  expect(signs(topology, "grave")).toEqual(TARGET);
  expect(signs(topology, "work")).toEqual([]);
});

test("a queue's own argument counts before its policy", () => {
  const work = queue("work", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "mine" }, {
    policy: { "dead-letter-exchange": "", "dead-letter-routing-key": "theirs" },
  });
  const topology = { queues: [work, queue("mine"), queue("theirs")] };
  expect(signs(topology, "mine")).toEqual(TARGET);
  expect(signs(topology, "theirs")).toEqual([]);
});

test.each(["orders.dlq", "DLQ", "dead-letter", "orders_error", "orders_skipped", "Q.JOBS.XQ", "a-failed", "x.poison", "parking-lot"])(
  "%s is a dead-letter queue by name",
  (name) => expect(signsOfName(name)).toEqual([{ sign: "name" }]),
);
test.each(["orders", "undead", "terror", "skipped"])("%s is not", (name) =>
  expect(signsOfName(name)).toEqual([]),
);

test.each<[string, string, boolean]>([
  ["#", "a.b", true],
  ["#", "", true],
  ["a.*", "a.b", true],
  ["a.*", "a", false],
  ["a.#", "a", true],
  ["#.c", "a.b.c", true],
  ["a.#.c", "a.c", true],
  ["*.b", "a.c", false],
  ["order.#", "order.#", true],
])("topic %s and key %s: %s", (pattern, key, matches) => {
  expect(topicMatches(pattern.split("."), key.split("."))).toBe(matches);
});

test("a hostile pattern costs no more than its length", () => {
  const start = performance.now();
  expect(topicMatches(`${"#.a.".repeat(60)}z`.split("."), "a.".repeat(120).split("."))).toBe(false);
  expect(performance.now() - start).toBeLessThan(500);
});

test("what is wrong is said", () => {
  const lost = warnings({ queues: [queue("work", { "x-dead-letter-exchange": "gone" })] }, "work");
  expect(lost).toEqual(["Its dead-letter exchange gone does not exist: what dies here is lost."]);
  const limited = warnings({ queues: [queue("a.dlq", { "x-message-ttl": 1000, "x-max-length": 10 })] }, "a.dlq");
  expect(limited.join(" ")).toMatch(/expire here after 1000 ms.*length limit/);
  expect(warnings({ queues: [queue("a.dlq", {}, { type: "quorum" })] }, "a.dlq").join()).toMatch(/returned 20 times is dropped/);
  expect(warnings({ queues: [queue("a.dlq", { "x-delivery-limit": -1 }, { type: "quorum" })] }, "a.dlq")).toEqual([]);
  expect(warnings({ queues: [queue("work", { "x-message-ttl": 1000 })] }, "work")).toEqual([]);
});
