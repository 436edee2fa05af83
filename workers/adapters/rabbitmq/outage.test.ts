import { afterAll, beforeAll, expect, test } from "vitest";
import { stamped } from "#core/lineage.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { numbered, texts } from "#test/adapter-contract-capture.ts";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { accessTo, makePlace, openNative } from "#test/brokers/rabbitmq-harness.ts";
import { startRabbit, type TestRabbit } from "#test/brokers/rabbitmq.ts";
import { eventually } from "#test/eventually.ts";
import { connectRabbit } from "./connect.ts";

// A broker of its own, which these tests may starve and kill.
let rabbit: TestRabbit;
const MAX_BODY = 400_000;
const SLOW = { timeout: 120_000 };

beforeAll(async () => {
  const started = await startRabbit({ own: true, config: [`max_message_size = ${MAX_BODY}`] });
  if (started.rabbit === null) throw new Error(started.reason);
  rabbit = started.rabbit;
});
afterAll(() => rabbit.stop());

const open = () => connectRabbit({ name: "outage.test", ...accessTo(rabbit), signal: AbortSignal.timeout(10_000) });
const soon = (): AbortSignal => AbortSignal.timeout(30_000);
const message = (body: Uint8Array): Outgoing => ({
  attemptId: crypto.randomUUID(),
  body,
  headers: stamped([], { messageId: crypto.randomUUID(), count: 1, origin: "test" }),
  native: { transport: "amqp-0.9.1", queue: "q", exchange: "", routingKey: "q", redelivered: false, properties: { deliveryMode: 2 } },
});

test("a body the broker finds too large is not confirmed, and those after it are sent", async () => {
  const model = await openNative(rabbit);
  const place = await makePlace(model, "classic");
  await using session = await open();
  await session.publish([message(Buffer.from("first"))], place.target, soon());
  const outcomes = await session.publish(
    [message(new Uint8Array(MAX_BODY + 1)), ...numbered(20).map(({ body }) => message(body))],
    place.target,
    soon(),
  );
  expect(outcomes[0]?.status).not.toBe("confirmed");
  const there = new Set(texts(await place.drain()));
  for (const [index, { body }] of numbered(20).entries()) {
    const status = outcomes[index + 1]?.status;
    const [text = ""] = texts([{ body }]);
    if (status === "confirmed") expect(there).toContain(text);
    if (status === "refused") expect(there).not.toContain(text);
  }
  const alone = await session.publish([message(new Uint8Array(MAX_BODY + 1))], place.target, soon());
  expect(alone).toMatchObject([{ status: "refused", fault: { code: "too_large" } }]);
  await model.close();
});

test("a broker that blocks publishers is told from one that fails, and goes on afterwards", SLOW, async () => {
  const model = await openNative(rabbit);
  const place = await makePlace(model, "classic");
  await using session = await open();
  expect((await session.publish([message(Buffer.from("before"))], place.target, soon()))[0]?.status).toBe("confirmed");
  await rabbit.ctl("set_disk_free_limit", "100000000000000");
  await eventually(async () => {
    const [outcome] = await session.publish([message(Buffer.from("during"))], place.target, AbortSignal.timeout(500));
    // Before the broker has said so, a message may have left: then it is unknown, and never called refused.
    expect(outcome).toMatchObject({ status: "refused", fault: { code: "blocked" } });
  });
  // Blocked is for publishers only: what is there is captured.
  expect((await collect(session, place.source, 1)).deaths).toHaveLength(1);
  await rabbit.ctl("set_disk_free_limit", "1000000");
  await eventually(async () => {
    const [outcome] = await session.publish([message(Buffer.from("after"))], place.target, soon());
    expect(outcome?.status).toBe("confirmed");
  });
  await model.close();
});

test.each(["classic", "quorum"] as const)("kill -9 of the broker loses nothing of a %s queue that was not accepted", SLOW, async (type) => {
  const model = await openNative(rabbit);
  const place = await makePlace(model, type);
  await place.put(numbered(30));
  // RabbitMQ forgets a quorum queue when it is killed moments after the declare: its directory is written later.
  await rabbit.ctl("eval", "[dets:sync(Table) || Table <- dets:all()].");
  const session = await open();
  const batches = session.capture(place.source, null, { ...LIMITS, maxCount: 10 }, soon())[Symbol.asyncIterator]();
  const first = await nextBatch(batches);
  await first.accept();
  const held = await nextBatch(batches);
  await Promise.all([rabbit.kill9AndStart(), expect(session.lost).rejects.toMatchObject({ code: "unreachable" })]);
  await expect(held.accept()).rejects.toMatchObject({ name: "Fault" });
  // An ack the broker had not written when it was killed is forgotten: then it delivers once more, but never less.
  const read = { deaths: [...first.deaths], cursor: null };
  await eventually(
    async () => {
      await using again = await open();
      await collect(again, place.source, read.deaths.length + 1, { into: read });
      expect(new Set(texts(read.deaths))).toEqual(new Set(texts(numbered(30))));
    },
    { timeoutMs: 60_000, intervalMs: 500 },
  );
});
