import { AckPolicy, jetstream } from "@nats-io/jetstream";
import { headers as makeHeaders, type MsgHdrs } from "@nats-io/transport-node";
import { nats } from "#core/brokers/nats.ts";
import { startNats, type NatsAddress } from "#test/brokers/nats.ts";
import { makeStream, natsAccess, openNative, putNatively } from "#test/brokers/nats-harness.ts";
import { eventually } from "#test/eventually.ts";
import type { Stage } from "./stage.ts";

const STREAM = "MAIL";
const SUBJECT = "mail.send";
const CONSUMER = "mailer";

/** E-mails whose consumer terminates them: the server tells it in an advisory, which Redrive's stream keeps. */
export const natsStage: Stage<NatsAddress> = {
  kind: "nats",
  async open() {
    const { stop, restart: _restart, kill9AndStart: _kill, ...address } = await startNats();
    const native = await openNative(address);
    await native.jsm.streams.add({ name: STREAM, subjects: ["mail.>"] });
    await native.jsm.consumers.add(STREAM, { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit, max_deliver: 3 });
    await native.nc.close();
    return {
      address,
      connection: { name: "nats", kind: "nats", ...natsAccess(address) },
      source: { connection: "nats", source: nats.source.parse({ queue: "REDRIVE_ADVISORIES", mode: "advisories" }), custody: "copied" as const, consent: false, capture: true, watchSeconds: 60 },
      close: stop,
    };
  },
  async actors(address) {
    const { nc, jsm } = await openNative(address);
    // the workers make the stream for advisories; one that nobody keeps is gone
    await eventually(() => jsm.streams.info("REDRIVE_ADVISORIES"), { timeoutMs: 30_000 });
    const consumer = await jetstream(nc).consumers.get(STREAM, CONSUMER);
    const next = () =>
      eventually(
        async () => {
          const message = await consumer.next({ expires: 2_000 });
          if (message === null) throw new Error("nothing was resent yet");
          return message;
        },
        { timeoutMs: 30_000 },
      );
    const textOf = (headers: MsgHdrs | undefined) => Object.fromEntries([...(headers ?? [])].map(([name, values]) => [name, values.join(", ")]));
    return {
      async die(body) {
        const headers = makeHeaders();
        headers.set("Nats-Msg-Id", "mail-1042");
        await jetstream(nc).publish(SUBJECT, body, { headers });
        (await next()).term();
        await nc.flush();
      },
      async take() {
        const message = await next();
        return {
          body: Buffer.from(message.data),
          headers: textOf(message.headers),
          async dieAgain() {
            message.term();
            await nc.flush();
          },
        };
      },
      [Symbol.asyncDispose]: () => nc.close(),
    };
  },
  async feed(address) {
    const native = await openNative(address);
    const queue = await makeStream(native, { name: "SHIPMENTS" });
    return {
      queue,
      put: (bodies) => putNatively(native, `${queue}.placed`, bodies.map((body) => ({ body: Buffer.from(body), headers: [] }))),
      [Symbol.asyncDispose]: () => native.nc.close(),
    };
  },
  told: { rule: "JetStream advisory", failedIn: SUBJECT, target: SUBJECT, row: "Terminated", stamped: true },
};
