import type { WebSocket } from "ws";
import { startPulsar } from "#test/brokers/pulsar.ts";
import { makeTopic, openSocket, pulsarAccess } from "#test/brokers/pulsar-harness.ts";
import { openSession } from "#workers/adapters/index.ts";
import { makeWake } from "#workers/runtime/wake.ts";
import type { Subject } from "./subject.ts";

const WINDOW = 500;
const NEVER = new AbortController().signal;

/** Single messages, since the service can not be told to wait for a batch without making each wait; the bare client speaks to the same service. */
export const pulsarSubject: Subject = {
  kind: "pulsar",
  async open() {
    const pulsar = await startPulsar();
    const { settings, secrets } = pulsarAccess(pulsar);
    const session = await openSession({ kind: "pulsar", name: "bench", settings: JSON.stringify(settings), secrets: JSON.stringify(secrets), signal: AbortSignal.timeout(20_000) });
    return {
      session,
      async place() {
        const topic = await makeTopic(pulsar, { topic: `bench-${crypto.randomUUID()}` });
        return {
          source: JSON.stringify({ queue: topic }),
          target: { kind: "pulsar", topic },
          native: { transport: "pulsar", queue: topic, messageId: "CAEQADAA", publishTime: "2026-03-14T09:26:53.123Z", eventTime: null, key: null, producerName: null, redeliveryCount: 0 },
          headers: [],
          rawPublish: async (bodies) => publish(await openSocket(pulsar, "producer", topic), bodies),
          rawConsume: async (count) => consume(await openSocket(pulsar, "consumer", `${topic}/redrive`, "?subscriptionType=Shared&receiverQueueSize=1000"), count),
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await pulsar.stop();
      },
    };
  },
};

async function publish(socket: WebSocket, bodies: readonly Buffer[]): Promise<void> {
  const room = makeWake();
  let open = 0;
  let refused: string | null = null;
  socket.on("message", (frame) => {
    const verdict = String(frame);
    if (!verdict.includes('"result":"ok"')) refused ??= verdict;
    open--;
    room.hint();
  });
  for (const body of bodies) {
    while (open >= WINDOW) await room.wait(1_000, NEVER);
    open++;
    socket.send(JSON.stringify({ payload: body.toString("base64"), properties: {} }));
  }
  while (open > 0) await room.wait(1_000, NEVER);
  socket.close();
  if (refused !== null) throw new Error(refused);
}

async function consume(socket: WebSocket, count: number): Promise<number> {
  const done = Promise.withResolvers<void>();
  let got = 0;
  socket.on("close", () => done.resolve());
  socket.on("message", (frame) => {
    const { messageId, payload } = JSON.parse(String(frame)) as { messageId: string; payload: string };
    if (Buffer.from(payload, "base64").length > 0) got++;
    socket.send(JSON.stringify({ messageId }));
    if (got === count) socket.close();
  });
  await done.promise;
  return got;
}
