import { expect, inject, test } from "vitest";
import { env } from "../env.ts";
import { eventually } from "../eventually.ts";
import { startHttpSink } from "../http-sink.ts";
import type { WorkerProcess } from "../worker-process.ts";
import { copiesAt, triesOf } from "./route-ledger.ts";
import { addRoute, statesOf, type RouteOfScene } from "./route-scene.ts";
import { makeScene, put, type Scene } from "./scene.ts";

// Kill -9 of workers on every step of a route's way, again and again, while messages flow and others are at work. Oracle: the
// producer's list, the rows and the sink's ledger.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;

const STEPS = ["capture.received", "capture.stored", "capture.accepted", "deliver.claimed", "deliver.guarded", "deliver.sent", "deliver.settled"] as const;
/** Passings of a step until the kill, at most: a batch is passed less often than a try. */
const MOST = { capture: 5, deliver: 20 } as const;
const ALIVE = 3;
/** Messages of a route that may be on their way: enough for each step's turn to come. */
const WAITING = 60;
const LOOPBACK = ["127.0.0.0/8"];

type Hit = { readonly step: (typeof STEPS)[number]; readonly nth: number };

/** Each step early, then at random. */
function* hitsOf(random: number): Generator<Hit> {
  for (const step of STEPS) yield { step, nth: 2 };
  for (let hit = 0; hit < random; hit++) {
    const step = STEPS[Math.floor(Math.random() * STEPS.length)] ?? "deliver.sent";
    yield { step, nth: 1 + Math.floor(Math.random() * MOST[step.startsWith("capture") ? "capture" : "deliver"]) };
  }
}

/** The next worker need not sit out the dead one's leases: how long that takes has a test of its own. */
async function bury({ pool: { sql } }: Scene, { pid }: WorkerProcess): Promise<void> {
  const its = `%-${pid}-%`;
  await sql`update leases set until = now() where holder like ${its}`;
  await sql`delete from workers where id like ${its}`;
  // what a guard was only asked about bears no name: it may be a living worker's too, who then has to notice
  await sql`
    update deliveries set lease_until = now() where state = 'delivering' and (
      attempt_id in (select id from delivery_attempts where worker like ${its} and outcome is null) or not exists (select 1 from delivery_attempts a where a.id = attempt_id))`;
}

/** Keeps some workers alive, each to be killed at its hit, until all hits were made. Answers how many workers died. */
async function killAll(scene: Scene, hits: Iterator<Hit>): Promise<number> {
  let kills = 0;
  const place = async (): Promise<void> => {
    for (let next = hits.next(); next.done !== true; next = hits.next()) {
      const { step, nth } = next.value;
      const worker = await scene.worker(`${step}:${nth}`);
      expect(await worker.ended, `${step}:${nth}\n${worker.tail()}`).toBe("SIGKILL");
      await bury(scene, worker);
      kills += 1;
    }
  };
  await Promise.all(Array.from({ length: ALIVE }, place));
  return kills;
}

/** Who works on what, for a failing test. */
async function standingOf({ pool: { sql } }: Scene): Promise<string> {
  const [routes, leases, workers, deliveries] = await Promise.all([
    sql`select r.name, r.held_by, r.consuming, s.fault_code, s.fault_detail from routes r join sources s on s.id = r.source_id`,
    sql`select name, holder, until - now() as left from leases`,
    sql`select id, now() - beat_at as silent from workers`,
    sql`select route_id, state, count(*)::int, min(due_at - now()) as due, min(lease_until - now()) as lease from deliveries where state <> 'succeeded' group by route_id, state`,
  ]);
  return JSON.stringify({ routes, leases, workers, deliveries }, null, 1);
}

/** Publishes to a queue, a few at a time, until `done`: as fast as those who die after a few messages deliver. */
async function flow(scene: Scene, { queue, routeId }: RouteOfScene, bodies: (n: number) => readonly string[], done: AbortSignal): Promise<string[]> {
  const published: string[] = [];
  const isBehind = async (): Promise<boolean> => {
    const [row] = await scene.pool.sql<{ delivered: number }[]>`select count(*)::int as delivered from deliveries where route_id = ${routeId} and state = 'succeeded'`;
    return published.length - (row?.delivered ?? 0) >= WAITING;
  };
  for (let n = 0; !done.aborted; n++) {
    await eventually(async () => done.aborted || !(await isBehind()), { timeoutMs: 120_000, intervalMs: 50 }).catch(async (error: unknown) => {
      throw new Error(`${queue} stands still: ${await standingOf(scene)}`, { cause: error });
    });
    const next = bodies(n);
    await put(scene, queue, next);
    published.push(...next);
  }
  return published;
}

test.skipIf(rabbit === null).concurrent("killed at every step, nothing is lost, every try is on record, and only what has no verdict is sent twice", async () => {
  await using sink = await startHttpSink();
  await using scene = await makeScene({ rabbit });
  await scene.pool.sql`update sources set capturing = false`;
  const common = { retry: { maxAttempts: 50, baseMs: 10, jitter: "full" }, limits: { inFlight: 12, waiting: 100 }, breaker: null } as const;
  const to = (name: string) => ({ kind: "http", url: `http://127.0.0.1:${sink.port}/say/200/${name}`, allowPrivate: LOOPBACK }) as const;
  const open = await addRoute(scene, { ...common, destination: to("open") });
  const guarded = await addRoute(scene, { ...common, destination: to("guarded"), guard: { key: { by: "pointer", pointer: "/order" }, store: { kind: "postgres" } } });

  const killed = new AbortController();
  const began = performance.now();
  const killing = killAll(scene, hitsOf(env.routeKills)).finally(() => killed.abort());
  const [kills, once, twice] = await Promise.all([
    killing,
    flow(scene, open, (n) => Array.from({ length: 5 }, (_, i) => `{"order":"${n}-${i}"}`), killed.signal),
    // alike for the guard, and told apart by the capture
    flow(scene, guarded, (n) => [1, 2].map((copy) => `{"order":"${n}","copy":${copy}}`), killed.signal),
  ]);
  const seconds = (performance.now() - began) / 1_000;

  await using last = await scene.worker();
  for (const [route, published] of [[open, once], [guarded, twice]] as const) {
    await eventually(async () => expect(await statesOf(scene, route), last.tail()).toEqual({ succeeded: published.length }), { timeoutMs: 90_000, intervalMs: 250 });
    await eventually(async () => expect((await scene.channel.checkQueue(route.queue)).messageCount).toBe(0));
  }
  const ledger = await sink.ledger("/say/");
  const arrived = (name: string): string[] => ledger.filter(({ path }) => path.endsWith(name)).map(({ body }) => body.toString());
  expect(new Set(arrived("open")), "every message arrived").toEqual(new Set(once));
  const ordersOf = (bodies: readonly string[]): Set<unknown> => new Set(bodies.map((body) => (JSON.parse(body) as { order: string }).order));
  expect(ordersOf(arrived("guarded")), "every order arrived").toEqual(ordersOf(twice));
  expect(new Set(arrived("guarded")).size, "one of every two").toBe(twice.length / 2);
  const [rows, copies] = [await triesOf(scene), copiesAt(ledger)];
  expect(rows.filter(({ tries, rows: kept, open: without }) => tries !== kept || without > 0), "every try is on record, with its end").toEqual([]);
  expect(rows.filter(({ id, rows: kept }) => (copies.get(id) ?? 0) > kept), "the sink got nothing that is not on record").toEqual([]);
  expect(rows.filter(({ id, unknown }) => (copies.get(id) ?? 0) > 1 + unknown), "a second copy has a try without a verdict").toEqual([]);
  expect(rows.filter(({ id, duplicate, unknown }) => duplicate && (copies.get(id) ?? 0) > unknown), "a duplicate was not delivered").toEqual([]);
  const again = [...copies.values()].filter((count) => count > 1).length;
  console.log(`${kills} kills in ${seconds.toFixed(0)} s, ${once.length + twice.length} messages, ${rows.filter(({ duplicate }) => duplicate).length} duplicates told, ${again} sent again after a try without a verdict`);
}, 120_000 + env.routeKills * 6_000);

test.skipIf(rabbit === null).concurrent("what a killed worker held is taken up by another soon after its lease", async () => {
  await using sink = await startHttpSink();
  await using scene = await makeScene({ rabbit });
  const route = await addRoute(scene, { destination: { kind: "http", url: sink.url("hang", "200"), allowPrivate: LOOPBACK }, retry: { baseMs: 10 } });
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
}, 120_000);
