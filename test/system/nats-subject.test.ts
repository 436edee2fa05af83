import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nats } from "#core/brokers/nats.ts";
import { routeDefinition } from "#core/route/definition.ts";
import { natsAccess, openNative, type NativeNats } from "../brokers/nats-harness.ts";
import type { NatsAddress } from "../brokers/nats.ts";
import { onDemand } from "../brokers/on-demand.ts";
import { eventually } from "../eventually.ts";
import { startHttpSink } from "../http-sink.ts";
import { brokerScene, type BrokerScene } from "./broker-scene.ts";

const { server } = await onDemand<NatsAddress>("nats");

describe.skipIf(server === null)("a route from a subject of core NATS", () => {
  let native: NativeNats;
  beforeAll(async () => {
    if (server !== null) native = await openNative(server);
  });
  afterAll(() => native?.nc.close());

  /** A scene with a route from `subject`, in a queue group. */
  async function routeFrom(subject: string, destination: (connectionId: string) => object): Promise<BrokerScene> {
    if (server === null) throw new Error("no server");
    const scene = await brokerScene({ name: "events", kind: "nats", ...natsAccess(server) }, nats.source.parse({ queue: subject, mode: "subject", group: "redrive" }));
    const [source] = await scene.pool.sql<{ id: string; connectionId: string }[]>`update sources set custody = 'heard' returning id, connection_id as "connectionId"`;
    const definition = routeDefinition.parse({ retry: { maxAttempts: 3, baseMs: 20, jitter: "none" }, ...destination(source?.connectionId ?? "") });
    await scene.pool.sql`insert into routes (name, source_id, definition, state) values ('route', ${source?.id ?? ""}, ${JSON.stringify(definition)}, 'running')`;
    return scene;
  }
  const put = async (subject: string, bodies: readonly string[]): Promise<void> => {
    for (const body of bodies) native.nc.publish(subject, body);
    await native.nc.flush();
  };
  /** Until the server knows a listener of the subject's group. */
  const listened = (subject: string) => eventually(() => native.nc.request(subject, "probe", { timeout: 100 }).catch((error: Error) => expect(error.message).not.toContain("no responders")), { timeoutMs: 20_000 });
  const statesOf = ({ pool }: BrokerScene) => pool.sql<{ state: string; count: number }[]>`select state, count(*)::int as count from deliveries group by state order by state`;
  const noticesOf = async ({ pool }: BrokerScene) => (await pool.sql<{ text: string }[]>`select text from source_notices order by id`).map(({ text }) => text);

  test("delivers to another subject at most once, and tells each gap", { timeout: 90_000 }, async () => {
    const [from, to] = [`from${crypto.randomUUID()}`, `to${crypto.randomUUID()}`];
    const got: string[] = [];
    native.nc.subscribe(to, { callback: (_, message) => void got.push(message.string()) });
    await using scene = await routeFrom(`${from}.*`, (connectionId) => ({ destination: { kind: "queue", connectionId, target: nats.target.parse({ kind: "nats", subject: to, delivery: "at_most_once" }) } }));
    const bodies = Array.from({ length: 40 }, (_, i) => `first ${i}`);
    const first = await scene.worker();
    await listened(`${from}.x`);
    await put(`${from}.x`, bodies);
    await eventually(() => expect(got.filter((body) => body !== "probe").toSorted(), first.tail()).toEqual(bodies.toSorted()));
    await eventually(async () => expect(await statesOf(scene)).toMatchObject([{ state: "succeeded" }]));
    const [attempt] = await scene.pool.sql<{ headers: string }[]>`select answer_headers as headers from delivery_attempts limit 1`;
    expect(attempt?.headers).toContain("at most once");
    expect(await noticesOf(scene)).toEqual([]);

    first.kill("SIGKILL");
    await first.ended;
    await put(`${from}.x`, ["lost"]);
    await scene.pool.sql`update leases set until = now()`;
    await using second = await scene.worker();
    await listened(`${from}.x`);
    await put(`${from}.x`, ["heard again"]);
    await eventually(() => expect(got.at(-1), second.tail()).toBe("heard again"));
    expect(got).not.toContain("lost");
    expect(await noticesOf(scene)).toEqual([expect.stringMatching(/^For a while until .* no worker listened to from/)]);
  });

  test("what was heard outlives a connection to PostgreSQL that is lost while it is stored", { timeout: 60_000 }, async () => {
    const subject = `postgres${crypto.randomUUID()}`;
    await using sink = await startHttpSink();
    await using scene = await routeFrom(subject, () => ({ destination: { kind: "http", url: sink.url("200"), allowPrivate: ["127.0.0.0/8"] } }));
    await using worker = await scene.worker();
    await listened(subject);
    const bodies = Array.from({ length: 30 }, (_, i) => `m${i}`);
    await scene.pool.sql.begin(async (tx) => {
      await tx`lock table delivery_identities in access exclusive mode`;
      await put(subject, bodies);
      const storing = () => scene.pool.sql<{ pid: number }[]>`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%delivery_identities%'`;
      await eventually(async () => expect((await storing()).length, worker.tail()).toBeGreaterThan(0));
      for (const { pid } of await storing()) await scene.pool.sql`select pg_terminate_backend(${pid})`;
    });
    const stored = async () => (await scene.pool.sql<{ body: string }[]>`select convert_from(body, 'utf8') as body from delivery_contents`).map(({ body }) => body);
    await eventually(async () => expect((await stored()).filter((body) => body !== "probe").toSorted(), worker.tail()).toEqual(bodies.toSorted()), { timeoutMs: 20_000 });
    expect(await noticesOf(scene)).toEqual([]);
  });

  test("goes on listening while its destination's breaker is open: what is not heard would be lost", { timeout: 60_000 }, async () => {
    const subject = `breaker${crypto.randomUUID()}`;
    await using sink = await startHttpSink();
    await using scene = await routeFrom(subject, () => ({ destination: { kind: "http", url: sink.url("503"), allowPrivate: ["127.0.0.0/8"] }, retry: { maxAttempts: 50, baseMs: 500, jitter: "none" }, breaker: { of: 1, failureShare: 0.05, openSeconds: 60 } }));
    await using worker = await scene.worker();
    await listened(subject);
    await put(subject, ["one"]);
    await eventually(async () => expect([...(await scene.pool.sql`select state from breakers`)], worker.tail()).toMatchObject([{ state: "open" }]), { timeoutMs: 20_000 });
    await put(subject, ["two", "three"]);
    const stored = async () => (await scene.pool.sql<{ body: string }[]>`select convert_from(body, 'utf8') as body from delivery_contents`).map(({ body }) => body);
    await eventually(async () => expect(await stored(), worker.tail()).toEqual(expect.arrayContaining(["one", "two", "three"])));
    expect([...(await scene.pool.sql`select consuming, held_by as "heldBy" from routes`)]).toEqual([{ consuming: true, heldBy: null }]);
  });
});
