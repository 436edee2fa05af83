import { AckPolicy, jetstream } from "@nats-io/jetstream";
import { makeStream, natsAccess, openNative } from "#test/brokers/nats-harness.ts";
import { startNats } from "#test/brokers/nats.ts";
import { openSession } from "#workers/adapters/index.ts";
import type { Subject } from "./subject.ts";

const WINDOW = 500;

/** Streams with a file store, read with a durable pull consumer. */
export const natsSubject: Subject = {
  kind: "nats",
  async open() {
    const server = await startNats();
    const native = await openNative(server);
    const js = jetstream(native.nc);
    const { settings, secrets } = natsAccess(server);
    const session = await openSession({ kind: "nats", name: "bench", settings: JSON.stringify(settings), secrets: JSON.stringify(secrets), signal: AbortSignal.timeout(20_000) });
    return {
      session,
      async place() {
        const stream = await makeStream(native);
        const subject = `${stream}.dead`;
        return {
          source: JSON.stringify({ queue: stream, retention: "limits" }),
          target: { kind: "nats", subject, stream },
          native: { transport: "nats", queue: stream, stream, subject, sequence: "1", time: "2026-03-14T09:26:53.123456789Z", advisory: null },
          headers: [],
          async rawPublish(bodies) {
            let at = 0;
            const publisher = async (): Promise<void> => {
              for (let body = bodies[at++]; body !== undefined; body = bodies[at++]) await js.publish(subject, body, { timeout: 20_000 });
            };
            await Promise.all(Array.from({ length: WINDOW }, publisher));
          },
          async rawConsume(count) {
            await native.jsm.consumers.add(stream, { durable_name: "bench", ack_policy: AckPolicy.All });
            const consumer = await js.consumers.get(stream, "bench");
            let got = 0;
            while (got < count) {
              const batch = await consumer.fetch({ max_messages: Math.min(WINDOW, count - got), expires: 5_000 });
              let last: { ackAck(): Promise<boolean> } | null = null;
              for await (const message of batch) {
                last = message;
                got++;
              }
              if (last === null) break;
              await last.ackAck();
            }
            return got;
          },
        };
      },
      async [Symbol.asyncDispose]() {
        await session[Symbol.asyncDispose]();
        await native.nc.close();
        await server.stop();
      },
    };
  },
};
