import { expect, test } from "vitest";
import { collect, LIMITS, nextBatch } from "#test/adapter-reading.ts";
import { onDemand } from "#test/brokers/on-demand.ts";
import { openRocketMq } from "#test/brokers/rocketmq-client.ts";
import { rocketMqAccess } from "#test/brokers/rocketmq-harness.ts";
import { startRocketMq, type RocketMqAddress } from "#test/brokers/rocketmq.ts";
import { eventually } from "#test/eventually.ts";
import { connectRocketMq } from "./connect.ts";
import { boundsOf } from "./queue-reader.ts";
import { openCluster } from "./cluster.ts";

const { server: available } = await onDemand<RocketMqAddress>("rocketmq");
const TOPIC = `%DLQ%retention-${crypto.randomUUID()}`;
const MANY = 6;

// a server of its own: what is deleted is everybody's
test.skipIf(available === null)("what retention deleted before it was read is told, and the rest is read", { timeout: 240_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const server = await startRocketMq();
  stack.defer(() => server.stop());
  const client = stack.use(await openRocketMq(server));
  const access = rocketMqAccess(server);
  const session = stack.use(await connectRocketMq({ name: "test", ...access, signal: AbortSignal.timeout(20_000) }));
  await client.makeTopic(TOPIC);
  await client.send(TOPIC, [{ body: Buffer.from("read") }]);
  const { cursor } = await collect(session, { queue: TOPIC }, 1);
  // a file of the broker's log takes 64 MiB
  for (let n = 0; n < MANY; n++) await client.send(TOPIC, [{ body: Buffer.alloc(16 * 1024 * 1024, n) }]);
  await client.deleteOldFiles();
  const cluster = await openCluster("test", access.settings, access.secrets, AbortSignal.timeout(20_000));
  stack.defer(() => cluster.close());
  const place = { topic: TOPIC, broker: "broker-a", address: `${server.host}:${server.brokerPort}`, queueId: 0 };
  const { min, max } = await eventually(async () => {
    const bounds = await boundsOf(cluster, place);
    expect(bounds.min).toBeGreaterThan(1n);
    return bounds;
  }, { timeoutMs: 90_000, intervalMs: 500 });

  const batches = session.capture({ queue: TOPIC }, cursor, LIMITS, AbortSignal.timeout(60_000))[Symbol.asyncIterator]();
  const told = await nextBatch(batches);
  expect(told.notices).toEqual([`Offsets 1 to ${min - 1n} of queue broker-a/0 were deleted (retention) before they were read.`]);
  await told.accept();
  await batches.return?.();
  const { deaths } = await collect(session, { queue: TOPIC }, Number(max - min), { into: { deaths: [], cursor: told.cursor } });
  expect(deaths).toHaveLength(Number(max - min));
});
