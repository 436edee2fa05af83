import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { eventually } from "../eventually.ts";
import { startHttpSink, type HttpSink } from "../http-sink.ts";
import type { RouteDefinitionInput } from "#core/route/definition.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { addRoute, attemptsOf, deliveriesOf, statesOf } from "./route-scene.ts";
import { makeScene, put, type Scene } from "./scene.ts";

// Routes from real queues to an HTTP endpoint in another process, delivered by a real worker.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;

const LOOPBACK = ["127.0.0.0/8"];
const http = (sink: HttpSink, ...behaviours: string[]) => ({ kind: "http", url: sink.url(...behaviours), allowPrivate: LOOPBACK, headTimeoutMs: 1_500, timeoutMs: 2_000 }) as const;
const quick: RouteDefinitionInput["retry"] = { maxAttempts: 4, baseMs: 50, jitter: "none" };

describe.skipIf(rabbit === null)("a route to an HTTP endpoint", () => {
  let scene: Scene;
  let sink: HttpSink;
  let worker: WorkerProcess;
  beforeAll(async () => {
    [scene, sink] = await Promise.all([makeScene({ rabbit }), startHttpSink()]);
    worker = await scene.worker();
  });
  afterAll(async () => {
    await scene[Symbol.asyncDispose]();
    await sink[Symbol.asyncDispose]();
  });

  const wayOf = (url: string): string => new URL(url).pathname;

  test.each([
    ["503 then 200", ["503", "200"], [["refused", "retrying"], ["confirmed", "succeeded"]]],
    ["a hang, then 200", ["hang", "200"], [["unknown", "retrying"], ["confirmed", "succeeded"]]],
    ["a reset after accepting, then 200", ["reset", "200"], [["unknown", "retrying"], ["confirmed", "succeeded"]]],
    ["422", ["422"], [["refused", "dead"]]],
    ["a redirect to a private address", ["redirect:302"], [["refused", "dead"]]],
    ["an answer of 10 GB", ["huge:200"], [["confirmed", "succeeded"]]],
    ["one byte every ten seconds", ["drip:200"], [["confirmed", "succeeded"]]],
  ] as const)("%s", async (_, behaviours, expected) => {
    const destination = http(sink, ...behaviours);
    const route = await addRoute(scene, { destination, retry: quick });
    await put(scene, route.queue, ['{"order":1}']);
    const last = expected.at(-1)?.[1] ?? "";
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ [last]: 1 }), { timeoutMs: 25_000 });
    const [delivery] = await deliveriesOf(scene, route);
    const attempts = await attemptsOf(scene, delivery?.id ?? "");
    expect(attempts.map(({ outcome, decision }) => [outcome, decision])).toEqual(expected);
    const got = await sink.ledger(wayOf(destination.url));
    expect(got).toHaveLength(expected.length);
    expect(new Set(got.map(({ headers }) => headers.find(([name]) => name.toLowerCase() === "webhook-id")?.[1]))).toEqual(new Set([delivery?.id]));
  });

  test("Retry-After is waited for, whatever the schedule says", async () => {
    const destination = http(sink, "after:429-2", "200");
    const route = await addRoute(scene, { destination, retry: quick });
    await put(scene, route.queue, ['{"order":1}']);
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ succeeded: 1 }), { timeoutMs: 20_000 });
    const [first, second] = await sink.ledger(wayOf(destination.url));
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  test("in an ordered route the messages of one key wait for each other, and only those", async () => {
    const route = await addRoute(scene, {
      destination: { ...http(sink, "200"), url: `http://127.0.0.1:${sink.port}/say/{/say}/ordered/{/key}/{/n}` },
      retry: { ...quick, baseMs: 400 },
      ordered: { by: "pointer", pointer: "/key" },
    });
    const body = (key: string, n: number, say = "200") => JSON.stringify({ key, n, say });
    await put(scene, route.queue, [body("a", 1, "503,503,200"), body("a", 2), body("b", 1), body("a", 3), body("b", 2)]);
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ succeeded: 5 }), { timeoutMs: 25_000 });
    const order = (await sink.ledger("/ordered/")).map(({ path }) => path.split("/").slice(-2).join(""));
    expect(order.filter((each) => each.startsWith("a"))).toEqual(["a1", "a1", "a1", "a2", "a3"]);
    expect(order.filter((each) => each.startsWith("b"))).toEqual(["b1", "b2"]);
    expect(order.indexOf("b2"), "b does not wait for a").toBeLessThan(order.indexOf("a2"));
  });

  test("what a person gives up dies without another try, by name; what they retry now does not wait", async () => {
    const route = await addRoute(scene, { destination: http(sink, "503", "200"), retry: { ...quick, baseMs: 600_000, capMs: 600_000 } });
    await put(scene, route.queue, ['{"order":"given up"}', '{"order":"retried"}']);
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ retrying: 2 }), { timeoutMs: 20_000 });
    const [first, second] = await deliveriesOf(scene, route);
    await scene.pool.sql`update deliveries set given_up_by = 'Ada', given_up_reason = 'a test order', due_at = now() where id = ${first?.id ?? ""}`;
    await scene.pool.sql`update deliveries set next_trigger = 'manual', due_at = now() where id = ${second?.id ?? ""}`;
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ dead: 1, succeeded: 1 }), { timeoutMs: 20_000 });
    expect((await attemptsOf(scene, second?.id ?? "")).map(({ trigger, outcome }) => [trigger, outcome])).toEqual([["first", "refused"], ["manual", "confirmed"]]);
    const [message] = await scene.pool.sql`select reason, error_message as error, attempts from messages where id = ${first?.id ?? ""}`;
    expect(message).toEqual({ reason: "abandoned", error: "it was given up by Ada", attempts: 1 });
    const [death] = await scene.pool.sql<{ normal: string }[]>`select normal from deaths where message_id = ${first?.id ?? ""}`;
    expect(JSON.parse(death?.normal ?? "{}")).toMatchObject({ reasonRaw: "it was given up by Ada: a test order" });
  });

  test("what comes beyond the limit of a route is dead of overflow, or stays in the queue", async () => {
    const dead = await addRoute(scene, { destination: http(sink, "slow:1500"), limits: { inFlight: 1, waiting: 3, whenFull: "dead" } });
    const pause = await addRoute(scene, { destination: http(sink, "503"), retry: { ...quick, baseMs: 600_000, capMs: 600_000 }, breaker: null, limits: { waiting: 3 } });
    await put(scene, dead.queue, Array.from({ length: 10 }, (_, i) => `{"order":${i}}`));
    await put(scene, pause.queue, ["1", "2", "3"]);
    await eventually(async () => expect(await statesOf(scene, dead), worker.tail()).toMatchObject({ dead: 7 }), { timeoutMs: 20_000 });
    expect((await scene.pool.sql`select reason from messages where source_id = ${dead.sourceId}`).map(({ reason }) => String(reason))).toEqual(Array.from({ length: 7 }, () => "maxlen"));
    const held = async () => (await scene.pool.sql`select held_by from routes where id = ${pause.routeId}`)[0];
    await eventually(async () => expect(await held(), worker.tail()).toEqual({ held_by: "full" }), { timeoutMs: 20_000 });
    await put(scene, pause.queue, ["4"]);
    await eventually(async () => expect((await scene.channel.checkQueue(pause.queue)).messageCount).toBe(1), { timeoutMs: 10_000 });
    await scene.pool.sql`update deliveries set given_up_by = 'Ada', due_at = now() where route_id = ${pause.routeId}`;
    await eventually(async () => expect(await statesOf(scene, pause), worker.tail()).toEqual({ dead: 3, retrying: 1 }), { timeoutMs: 20_000 });
  });

  test("a pace is kept, whatever waits", async () => {
    const destination = http(sink, "200");
    const route = await addRoute(scene, { destination, limits: { perSecond: 20 } });
    await put(scene, route.queue, Array.from({ length: 60 }, (_, i) => `{"order":${i}}`));
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ succeeded: 60 }), { timeoutMs: 25_000 });
    const times = (await sink.ledger(wayOf(destination.url))).map(({ at }) => at);
    // sixty at twenty a second take three seconds, less the first step and one that a late look made up for
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(2_300);
  });

  test("an open breaker leaves messages in the queue and burns no tries; it probes, and closes when the destination is back", async () => {
    const other = await startHttpSink();
    const route = await addRoute(scene, {
      destination: http(other, "200"),
      retry: { maxAttempts: 50, baseMs: 50, capMs: 200, jitter: "none" },
      breaker: { failureShare: 0.5, of: 4, openSeconds: 1 },
      limits: { inFlight: 4 },
    });
    await other.kill();
    await put(scene, route.queue, Array.from({ length: 20 }, (_, i) => `{"order":${i}}`));
    const held = async () => (await scene.pool.sql`select held_by, consuming from routes where id = ${route.routeId}`)[0];
    await eventually(async () => expect(await held(), worker.tail()).toEqual({ held_by: "breaker", consuming: false }), { timeoutMs: 20_000 });
    const tries = async (probes: boolean) => (await scene.pool.sql`select 1 from delivery_attempts where route_id = ${route.routeId} and (trigger = 'probe') = ${probes}`).length;
    const before = await tries(false);
    await eventually(async () => expect(await tries(true)).toBeGreaterThan(1), { timeoutMs: 20_000 });
    expect(await tries(false), "only probes were tried").toBe(before);
    await put(scene, route.queue, ['{"order":"later"}']);
    expect(await deliveriesOf(scene, route), "the queue is left alone").toHaveLength(20);

    await using back = await startHttpSink(other.port);
    await eventually(async () => expect(await statesOf(scene, route), worker.tail()).toEqual({ succeeded: 21 }), { timeoutMs: 40_000 });
    await eventually(async () => expect(await held()).toEqual({ held_by: null, consuming: true }), { timeoutMs: 5_000 });
    expect(new Set((await back.ledger("/say/")).map(({ body }) => body.toString())).size).toBe(21);
  }, 90_000);
});
