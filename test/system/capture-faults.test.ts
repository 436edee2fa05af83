import { expect, inject, test } from "vitest";
import { eventually } from "../eventually.ts";
import { makeScene, put, type Scene } from "./scene.ts";

// Kill -9 at each moment of capture, again and again, while messages flow. Oracle: every body once, the queue empty.
const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;
const needsRabbit = test.skipIf(rabbit === null);

async function ledger({ pool, sourceId }: Scene): Promise<{ rows: number; bodies: number; unaccepted: number }> {
  const [row] = await pool.sql<{ rows: number; bodies: number; unaccepted: number }[]>`
    select count(*)::int as rows, count(distinct bytes)::int as bodies,
      (select count(*)::int from messages m where m.source_id = ${sourceId} and m.deaths <> 1) as unaccepted
    from deaths join bodies on bodies.id = deaths.body_id where source_id = ${sourceId}`;
  return row ?? { rows: 0, bodies: 0, unaccepted: 0 };
}

const bodiesOf = (round: string, count: number) => Array.from({ length: count }, (_, i) => `{"order":"${round}-${i}"}`);

needsRabbit.each(["classic", "quorum"] as const)("nothing is lost and nothing is stored twice, whenever a worker dies (%s)", async (type) => {
  await using scene = await makeScene({ rabbit, type });
  let published = 0;
  for (const point of ["capture.received", "capture.stored", "capture.accepted"]) {
    for (const nth of [1, 2, 3]) {
      const worker = await scene.worker(`${point}:${nth}`);
      let alive = true;
      void worker.ended.then(() => (alive = false));
      // messages flow until the failpoint's turn has come
      for (let wave = 0; alive; wave++) {
        const bodies = bodiesOf(`${point}-${nth}-${wave}`, 20);
        await put(scene, scene.deadLetters, bodies);
        published += bodies.length;
      }
      expect(await worker.ended, worker.tail()).toBe("SIGKILL");
      // the next worker need not sit out the dead one's lease: how long that takes has a test of its own
      await scene.pool.sql`update leases set until = now()`;
    }
  }
  await using last = await scene.worker();
  await eventually(
    async () => expect(await ledger(scene), last.tail()).toEqual({ rows: published, bodies: published, unaccepted: 0 }),
    { timeoutMs: 30_000 },
  );
  await eventually(async () => expect((await scene.channel.checkQueue(scene.deadLetters)).messageCount).toBe(0), { timeoutMs: 5_000 });
}, 120_000);

needsRabbit("two workers share; when the one that captures is killed, the other goes on within 15 s", async () => {
  await using scene = await makeScene({ rabbit });
  const workers = [await scene.worker(), await scene.worker()];
  await put(scene, scene.deadLetters, ["first"]);
  await eventually(async () => expect((await ledger(scene)).rows).toBe(1), { timeoutMs: 10_000 });
  const [lease] = await scene.pool.sql<{ holder: string }[]>`select holder from leases where name = ${`capture:${scene.sourceId}`}`;
  const holder = workers.find(({ pid }) => lease?.holder.includes(`-${pid}-`));
  expect(holder, lease?.holder).toBeDefined();
  holder?.kill("SIGKILL");
  await holder?.ended;
  const killedAt = performance.now();
  await put(scene, scene.deadLetters, ["second"]);
  await eventually(async () => expect((await ledger(scene)).rows).toBe(2), { timeoutMs: 15_000 });
  console.log(`takeover after kill -9: ${((performance.now() - killedAt) / 1000).toFixed(1)} s`);
}, 60_000);

needsRabbit("a worker that is asked to stop ends in time, leaves nothing in doubt and hands over at once", async () => {
  await using scene = await makeScene({ rabbit });
  const worker = await scene.worker();
  await put(scene, scene.deadLetters, bodiesOf("drain", 500));
  worker.kill("SIGTERM");
  const asked = performance.now();
  expect(await worker.ended, worker.tail()).toBe("SIGTERM");
  expect(performance.now() - asked).toBeLessThan(10_000);
  const held = await scene.pool.sql`select name from leases where until > now()`;
  expect([...held], "no lease is left to run out").toEqual([]);
  await using next = await scene.worker();
  await eventually(async () => expect(await ledger(scene), next.tail()).toEqual({ rows: 500, bodies: 500, unaccepted: 0 }), { timeoutMs: 20_000 });
}, 60_000);
