import { expect, inject, test } from "vitest";
import { eventually } from "../eventually.ts";
import { startHttpSink, type HttpSink } from "../http-sink.ts";
import { addRoute, statesOf, type RouteOfScene } from "./route-scene.ts";
import { makeScene, put, type Scene } from "./scene.ts";

// Kill -9 of a worker on every step of a route's way, again and again, while messages flow. Oracle: the producer's list, the
// rows and the sink's ledger. ROUTE_KILLS is the number of random hits after the one at each step.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;

const STEPS = ["capture.received", "capture.stored", "capture.accepted", "deliver.claimed", "deliver.sent", "deliver.settled"] as const;
const HITS = Number(process.env["ROUTE_KILLS"] ?? 2);

type Copies = { readonly id: string; readonly state: string; readonly tries: number; readonly rows: number; readonly open: number; readonly unknown: number };

/** Each delivery with its tries on record. */
const rowsOf = ({ pool }: Scene, { routeId }: RouteOfScene): Promise<Copies[]> => pool.sql<Copies[]>`
  select d.id, d.state, d.tries, count(a.id)::int as rows, (count(a.id) filter (where a.outcome is null))::int as open,
    (count(a.id) filter (where a.outcome = 'unknown'))::int as unknown
  from deliveries d left join delivery_attempts a on a.delivery_id = d.id where d.route_id = ${routeId} group by d.id`;

/** How often the sink got each message, by the id it was sent with. */
async function copiesAt(sink: HttpSink): Promise<Map<string, number>> {
  const copies = new Map<string, number>();
  for (const { headers } of await sink.ledger("/say/")) {
    const id = headers.find(([name]) => name.toLowerCase() === "webhook-id")?.[1] ?? "";
    copies.set(id, (copies.get(id) ?? 0) + 1);
  }
  return copies;
}

test.skipIf(rabbit === null)("killed at every step, nothing is lost, every try is on record, and only what has no verdict is sent twice", async () => {
  await using sink = await startHttpSink();
  await using scene = await makeScene({ rabbit });
  const route = await addRoute(scene, {
    destination: { kind: "http", url: sink.url("200"), allowPrivate: ["127.0.0.0/8"] },
    retry: { maxAttempts: 20, baseMs: 10, jitter: "full" },
    limits: { inFlight: 8, waiting: 100 },
    breaker: null,
  });
  const published: string[] = [];
  const hits = [...STEPS.map((step) => [step, 2] as const), ...Array.from({ length: HITS }, (_, i) => [STEPS[i % STEPS.length] ?? "deliver.sent", 1 + Math.floor(Math.random() * 30)] as const)];
  for (const [step, nth] of hits) {
    const worker = await scene.worker(`${step}:${nth}`);
    let alive = true;
    void worker.ended.then(() => (alive = false));
    // messages flow until the failpoint's turn has come, but no more of them wait than a worker has to do
    while (alive) {
      if ((await scene.channel.checkQueue(route.queue)).messageCount > 50) continue;
      const bodies = Array.from({ length: 10 }, (_, i) => `{"order":"${published.length}-${i}"}`);
      await put(scene, route.queue, bodies);
      published.push(...bodies);
    }
    expect(await worker.ended, worker.tail()).toBe("SIGKILL");
    // the next worker need not sit out the dead one's leases: how long that takes has a test of its own
    await scene.pool.sql`update leases set until = now()`;
    await scene.pool.sql`update deliveries set lease_until = now() where lease_until is not null`;
    await scene.pool.sql`delete from workers`;
  }
  await using last = await scene.worker();
  await eventually(async () => expect(await statesOf(scene, route), last.tail()).toEqual({ succeeded: published.length }), { timeoutMs: 60_000, intervalMs: 250 });
  await eventually(async () => expect((await scene.channel.checkQueue(route.queue)).messageCount).toBe(0), { timeoutMs: 5_000 });
  const [rows, copies] = [await rowsOf(scene, route), await copiesAt(sink)];
  const bodies = new Set((await sink.ledger("/say/")).map(({ body }) => body.toString()));
  expect(bodies.size, "every message arrived").toBe(published.length);
  expect(rows.filter(({ tries, rows: kept, open }) => tries !== kept || open > 0), "every try is on record, with its end").toEqual([]);
  expect(rows.filter(({ id, rows: kept }) => (copies.get(id) ?? 0) > kept), "the sink got nothing that is not on record").toEqual([]);
  expect(rows.filter(({ id, unknown }) => (copies.get(id) ?? 0) > 1 + unknown), "a second copy has a try without a verdict").toEqual([]);
  const twice = [...copies.values()].filter((count) => count > 1).length;
  console.log(`${hits.length} kills, ${published.length} messages, ${twice} sent again after a try without a verdict`);
}, 600_000 + HITS * 8_000);

test.skipIf(rabbit === null)("what a killed worker held is taken up by another soon after its lease", async () => {
  await using sink = await startHttpSink();
  await using scene = await makeScene({ rabbit });
  const route = await addRoute(scene, { destination: { kind: "http", url: sink.url("hang", "200"), allowPrivate: ["127.0.0.0/8"] }, retry: { baseMs: 10 } });
  const [first, second] = [await scene.worker(), await scene.worker()];
  await put(scene, route.queue, ['{"order":1}']);
  const trying = await eventually(async () => {
    const [row] = await scene.pool.sql<{ worker: string }[]>`select worker from delivery_attempts where route_id = ${route.routeId}`;
    expect(row, first.tail()).toBeDefined();
    return row?.worker ?? "";
  }, { timeoutMs: 15_000 });
  // else the sink would hang on the second try
  await eventually(async () => expect(await sink.ledger("/say/"), first.tail()).toHaveLength(1), { timeoutMs: 5_000 });
  const [holder, other] = trying.includes(`-${first.pid}-`) ? [first, second] : [second, first];
  holder.kill("SIGKILL");
  const killedAt = performance.now();
  await eventually(async () => expect(await statesOf(scene, route), other.tail()).toEqual({ succeeded: 1 }), { timeoutMs: 30_000 });
  console.log(`taken up ${((performance.now() - killedAt) / 1000).toFixed(1)} s after kill -9`);
}, 60_000);
