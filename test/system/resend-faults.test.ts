import { expect, inject, test } from "vitest";
import type { Selection } from "#core/selection.ts";
import type { Actor } from "#server/context.ts";
import { orderOperation } from "#server/services/order-operation.ts";
import { previewOrder } from "#server/services/preview-order.ts";
import { eventually } from "../eventually.ts";
import { drain, makeScene, put, type Scene } from "./scene.ts";

// Kill -9 at each moment of a resend. Oracle: what is confirmed arrived, copies are explained by attempts, nothing is lost.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;
const needsRabbit = test.skipIf(rabbit === null);
const actor: Actor = { id: "p1", name: "Pat", email: "pat@example.com", role: "operator" };

const die = (scene: Scene, bodies: readonly string[]) =>
  Promise.all([
    put(scene, scene.work, bodies),
    scene.channel.consume(scene.work, (message) => message !== null && scene.channel.nack(message, false, false), { consumerTag: "refuser" }),
  ]);

/** Messages that a consumer refused, captured; then the consumer goes away. */
async function captured(scene: Scene, count: number): Promise<void> {
  const bodies = Array.from({ length: count }, (_, i) => `{"n":${i}}`);
  await die(scene, bodies);
  await eventually(async () => expect(await states(scene)).toEqual({ dead: count }), { timeoutMs: 15_000 });
  await scene.channel.cancel("refuser");
}

async function states({ pool, sourceId }: Scene): Promise<Record<string, number>> {
  const rows = await pool.sql<{ state: string; count: number }[]>`
    select state, count(*)::int as count from messages where source_id = ${sourceId} group by state`;
  return Object.fromEntries(rows.map((row) => [row.state, row.count]));
}

async function resendAll({ pool, sourceId }: Scene): Promise<string> {
  const selection: Selection = { by: "filter", filter: { source: sourceId, state: ["dead"] } };
  const { count, asOf } = await previewOrder(pool.db, "resend", selection);
  const ordered = await orderOperation(pool.db, pool.sql, actor, { act: "resend", selection, expected: count, asOf, requestId: crypto.randomUUID() });
  return ordered.operationId;
}

type Row = { readonly id: string; readonly state: string; readonly body: string; readonly outcomes: (string | null)[] };

const rowsOf = ({ pool, sourceId }: Scene) => pool.sql<Row[]>`
  select messages.id, state, convert_from(bytes, 'utf8') as body,
    array(select outcome from attempts where message_id = messages.id order by number) as outcomes
  from messages join bodies on bodies.id = body_id where source_id = ${sourceId}`;

needsRabbit.each(["resend.claimed", "resend.published", "resend.settled"])("killed at %s: every message is accounted for", async (point) => {
  await using scene = await makeScene({ rabbit });
  const first = await scene.worker();
  await captured(scene, 60);
  first.kill("SIGTERM");
  await first.ended;
  const operationId = await resendAll(scene);
  const doomed = await scene.worker(`${point}:1`).catch(() => null);
  await doomed?.ended;
  await using next = await scene.worker();
  await eventually(
    async () => {
      const [operation] = await scene.pool.sql`select state from operations where id = ${operationId}`;
      expect(operation?.state, next.tail()).toBe("finished");
    },
    { timeoutMs: 40_000 },
  );
  const arrived = await drain(scene, scene.work);
  const copies = Map.groupBy(arrived, ({ id }) => id);
  for (const row of await rowsOf(scene)) {
    const got = copies.get(row.id) ?? [];
    expect(got.every(({ body }) => body === row.body)).toBe(true);
    expect(row.outcomes).toHaveLength(1);
    if (row.outcomes[0] === "confirmed") expect(got).toHaveLength(1);
    else expect([row.outcomes[0], row.state]).toEqual(["unknown", "in_doubt"]);
    expect(got.length).toBeLessThanOrEqual(1);
  }
  const [sum] = await scene.pool.sql`
    select total, (select count(*)::int from operation_items where operation_id = operations.id and outcome in ('confirmed', 'unknown')) as settled
    from operations where id = ${operationId}`;
  expect(sum).toEqual({ total: 60, settled: 60 });
}, 120_000);

needsRabbit("a resent message that dies again is the same message with a second death; one that does not is resolved", async () => {
  await using scene = await makeScene({ rabbit, watchSeconds: 2 });
  await using worker = await scene.worker();
  await captured(scene, 2);
  await scene.channel.consume(scene.work, (message) => {
    if (message === null) return;
    if (message.content.toString() === '{"n":0}') scene.channel.nack(message, false, false);
    else scene.channel.ack(message);
  });
  await resendAll(scene);
  await eventually(async () => expect(await states(scene), worker.tail()).toEqual({ dead: 1, resolved: 1 }), { timeoutMs: 20_000 });
  const rows = await scene.pool.sql`select deaths, redrives, state from messages where source_id = ${scene.sourceId} order by state`;
  expect([...rows]).toEqual([
    { deaths: 2, redrives: 1, state: "dead" },
    { deaths: 1, redrives: 1, state: "resolved" },
  ]);
}, 60_000);

needsRabbit("a broker that is away burns no attempts: the resend waits and goes on", async () => {
  await using scene = await makeScene({ rabbit });
  const first = await scene.worker();
  await captured(scene, 5);
  first.kill("SIGTERM");
  await first.ended;
  await scene.pool.sql`update connections set settings = replace(settings, ${`"port":${rabbit?.port}`}, '"port":1'), revision = revision + 1`;
  const operationId = await resendAll(scene);
  await using worker = await scene.worker();
  await eventually(async () => {
    const [row] = await scene.pool.sql`select state, fault_code as fault from connections where id = ${scene.connectionId}`;
    expect(row, worker.tail()).toEqual({ state: "down", fault: "unreachable" });
  });
  expect(await states(scene)).toEqual({ queued: 5 });
  await scene.pool.sql`update connections set settings = replace(settings, '"port":1', ${`"port":${rabbit?.port}`}), revision = revision + 1`;
  await eventually(async () => expect(await states(scene), worker.tail()).toEqual({ resent: 5 }), { timeoutMs: 20_000 });
  const [attempts] = await scene.pool.sql`select count(*)::int as count from attempts where operation_id = ${operationId}`;
  expect(attempts?.count).toBe(5);
}, 60_000);
