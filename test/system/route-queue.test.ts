import { expect, inject, test } from "vitest";
import { eventually } from "../eventually.ts";
import { addRoute, attemptsOf, deliveriesOf } from "./route-scene.ts";
import { drain, makeScene, put } from "./scene.ts";

// A route from a real queue to a real queue, delivered by a real worker.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;
const needsRabbit = test.skipIf(rabbit === null);

const to = (scene: { connectionId: string }, routingKey: string) =>
  ({ kind: "queue", connectionId: scene.connectionId, target: { kind: "rabbitmq", exchange: "", routingKey } }) as const;

needsRabbit("messages go from queue to queue, each with one try on record", async () => {
  await using scene = await makeScene({ rabbit });
  const out = `${scene.work}.out`;
  await scene.channel.assertQueue(out, { durable: true });
  const route = await addRoute(scene, { destination: to(scene, out) });
  await using worker = await scene.worker();
  const bodies = Array.from({ length: 300 }, (_, i) => `{"order":${i}}`);
  await put(scene, route.queue, bodies);
  await eventually(async () => {
    const rows = await deliveriesOf(scene, route);
    expect(rows.filter(({ state }) => state === "succeeded").length, worker.tail()).toBe(300);
  }, { timeoutMs: 30_000 });
  expect((await drain(scene, out)).map(({ body }) => body).toSorted()).toEqual(bodies.toSorted());
  const [first] = await deliveriesOf(scene, route);
  expect(await attemptsOf(scene, first?.id ?? "")).toEqual([
    { number: 1, trigger: "first", outcome: "confirmed", errorCode: null, decision: "succeeded", decidedBy: null, nextDelayMs: null },
  ]);
  const [minute] = await scene.pool.sql`select sum(received)::int as received, sum(delivered)::int as delivered, sum(failed)::int as failed from route_minutes where route_id = ${route.routeId}`;
  expect(minute).toEqual({ received: 300, delivered: 300, failed: 0 });
}, 60_000);

needsRabbit("what can not be delivered is tried by the schedule, dies with its history, and goes through the route again when it is resent", async () => {
  await using scene = await makeScene({ rabbit });
  const out = `${scene.work}.out`;
  const route = await addRoute(scene, {
    destination: to(scene, out),
    retry: { maxAttempts: 3, baseMs: 20, jitter: "none" },
    rules: [{ type: "unroutable", verdict: "retry" }],
    deadLetterTo: { connectionId: scene.connectionId, target: { kind: "rabbitmq", exchange: "", routingKey: scene.deadLetters } },
  });
  await using worker = await scene.worker();
  await put(scene, route.queue, ['{"order":1}']);
  const dead = await eventually(async () => {
    const [row] = await scene.pool.sql<{ id: string; state: string; reason: string; rule: string; attempts: number; errorType: string }[]>`
      select id, state, reason, rule, attempts, error_type as "errorType" from messages where source_id = ${route.sourceId}`;
    expect(row, worker.tail()).toMatchObject({ state: "dead", reason: "retries_exhausted", rule: "redrive-route", attempts: 3, errorType: "unroutable" });
    return row;
  }, { timeoutMs: 20_000 });
  const [delivery] = await deliveriesOf(scene, route);
  expect(delivery).toMatchObject({ state: "dead", deadCause: "exhausted", tries: 3, id: dead?.id, messageId: dead?.id });
  expect((await attemptsOf(scene, delivery?.id ?? "")).map(({ trigger, decision, decidedBy, nextDelayMs }) => ({ trigger, decision, decidedBy, nextDelayMs }))).toEqual([
    { trigger: "first", decision: "retrying", decidedBy: "rule 1", nextDelayMs: 20 },
    { trigger: "automatic", decision: "retrying", decidedBy: "rule 1", nextDelayMs: 40 },
    { trigger: "automatic", decision: "dead", decidedBy: "rule 1", nextDelayMs: null },
  ]);

  // also for those who look in the broker
  await eventually(async () => {
    const [event] = await scene.pool.sql`select reason from events where message_id = ${dead?.id ?? ""} and cause = 'dead_letter_copy'`;
    expect(String(event?.["reason"])).toContain("copied to");
  }, { timeoutMs: 10_000 });

  await scene.channel.assertQueue(out, { durable: true });
  await order(scene.pool.sql, dead?.id ?? "");
  await eventually(async () => {
    const [row] = await scene.pool.sql`select state, deaths from messages where id = ${dead?.id ?? ""}`;
    expect(row, worker.tail()).toEqual({ state: "resolved", deaths: 1 });
  }, { timeoutMs: 20_000 });
  expect((await drain(scene, out)).map(({ body }) => body)).toEqual(['{"order":1}']);
  const [, again] = await deliveriesOf(scene, route);
  expect(again).toMatchObject({ state: "succeeded", messageId: dead?.id, tries: 1 });
  expect((await attemptsOf(scene, again?.id ?? ""))[0]).toMatchObject({ trigger: "operation", outcome: "confirmed" });
}, 60_000);

type Sql = Awaited<ReturnType<typeof makeScene>>["pool"]["sql"];

/** As the web orders a resend of one message. */
async function order(sql: Sql, messageId: string): Promise<void> {
  const operationId = crypto.randomUUID();
  await sql.begin(async (tx) => {
    await tx`
      insert into operations (id, act, state, actor_id, actor, destination, selection, total, request_id)
      values (${operationId}, 'resend', 'running', 'test', 'test', '{"to":"failed_queue"}', '{}', 1, ${operationId})`;
    await tx`insert into operation_items (operation_id, message_id, outcome) values (${operationId}, ${messageId}, 'waiting')`;
    await tx`update messages set state = 'queued', operation_id = ${operationId} where id = ${messageId}`;
  });
}
