import { expect, inject, test } from "vitest";
// first: it loads amqplib with the content-header codec in place
import { drainNatively, openNative, putNatively } from "../brokers/rabbitmq-harness.ts";
import type { Selection } from "#core/selection.ts";
import type { Actor } from "#server/context.ts";
import { orderOperation } from "#server/services/order-operation.ts";
import { previewOrder } from "#server/services/preview-order.ts";
import { eventually } from "../eventually.ts";
import { nastyBodies, typedHeaders } from "../nasty-messages.ts";
import { makeScene } from "./scene.ts";

const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;
const needsRabbit = test.skipIf(rabbit === null);
const actor: Actor = { id: "p1", name: "Pat", email: "pat@example.com", role: "operator" };

needsRabbit("poison is stored, shown and resent as it came, type for type, and holds up no neighbour", async () => {
  await using scene = await makeScene({ rabbit });
  await using worker = await scene.worker();
  if (rabbit === null) throw new Error("unreachable");
  const model = await openNative(rabbit);
  try {
    const bodies = Object.values(nastyBodies());
    const neighbour = Buffer.from('{"a":"neighbour"}');
    const sent = bodies.flatMap((body) => [{ body, headers: typedHeaders() }, { body: neighbour, headers: [] }]);
    await putNatively(model, scene.deadLetters, sent);
    await eventually(
      async () => {
        const [row] = await scene.pool.sql`select count(*)::int as count from messages where source_id = ${scene.sourceId}`;
        expect(row?.count, worker.tail()).toBe(sent.length);
      },
      { timeoutMs: 30_000 },
    );
    const selection: Selection = { by: "filter", filter: { source: scene.sourceId } };
    const { count, asOf } = await previewOrder(scene.pool.db, "resend", selection);
    await orderOperation(scene.pool.db, scene.pool.sql, actor, {
      act: "resend",
      selection,
      expected: count,
      asOf,
      requestId: crypto.randomUUID(),
      destination: { to: "target", target: { kind: "rabbitmq", exchange: "", routingKey: scene.work } },
    });
    await eventually(
      async () => {
        const [row] = await scene.pool.sql`select count(*)::int as count from messages where source_id = ${scene.sourceId} and state = 'resent'`;
        expect(row?.count, worker.tail()).toBe(sent.length);
      },
      { timeoutMs: 30_000 },
    );
    const arrived = await drainNatively(model, scene.work);
    const untouched = arrived.map(({ body, headers }) => ({
      body: Buffer.from(body).toString("base64"),
      headers: headers.filter(({ name }) => !name.startsWith("redrive-")),
    }));
    const byBody = (a: { body: string }, b: { body: string }) => (a.body < b.body ? -1 : 1);
    const expected = sent.map(({ body, headers }) => ({ body: Buffer.from(body).toString("base64"), headers: [...headers] }));
    expect(untouched.toSorted(byBody)).toEqual(expected.toSorted(byBody));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  } finally {
    await model.close();
  }
}, 90_000);
