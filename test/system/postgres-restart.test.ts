import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { startEmbedded } from "#db/embedded/index.ts";
import { migrate } from "#db/migrate.ts";
import { eventually } from "../eventually.ts";
import { makeScene, put } from "./scene.ts";

const provided = inject("rabbitmq");
const rabbit = provided.available ? provided : null;
const needsRabbit = test.skipIf(rabbit === null);

needsRabbit("Postgres crashes three times in mid-capture: nothing is lost, nothing doubled, no worker ends", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "redrive-restart-"));
  // its data must survive the crashes, so this one writes to the disk
  const server = await startEmbedded({ dataDir });
  try {
    await migrate(server.url);
    await using scene = await makeScene({ rabbit, databaseUrl: server.url });
    await using worker = await scene.worker();
    let ended = false;
    void worker.ended.then(() => (ended = true));
    let published = 0;
    for (let crash = 0; crash < 3; crash++) {
      let down = true;
      const restarting = server.restart("immediate").finally(() => (down = false));
      // messages flow before, while and after it is away
      while (down) {
        const bodies = Array.from({ length: 20 }, (_, i) => `{"n":"${crash}-${published + i}"}`);
        await put(scene, scene.deadLetters, bodies);
        published += bodies.length;
      }
      await restarting;
      await eventually(
        async () => {
          const [row] = await scene.pool.sql`
            select count(*)::int as rows, count(distinct bytes)::int as bodies
            from deaths join bodies on bodies.id = body_id where source_id = ${scene.sourceId}`;
          expect(row, worker.tail()).toEqual({ rows: published, bodies: published });
        },
        { timeoutMs: 30_000 },
      );
    }
    expect(ended, worker.tail()).toBe(false);
    expect((await scene.channel.checkQueue(scene.deadLetters)).messageCount).toBe(0);
  } finally {
    await server.stop();
    await rm(server.root, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}, 180_000);
