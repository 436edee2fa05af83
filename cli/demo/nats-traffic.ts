import { connect } from "@nats-io/transport-node";
import { AckPolicy, jetstream, jetstreamManager, RetentionPolicy, type JsMsg } from "@nats-io/jetstream";
import { judge } from "./failures.ts";
import { makeEmail } from "./goods.ts";
import { inBackground, produce, type TrafficOptions } from "./pace.ts";

/** The stream in which Redrive keeps what JetStream itself forgets; its default name. */
const ADVISORIES = "REDRIVE_ADVISORIES";
const ADVISORY_SUBJECTS = ["$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>", "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>"];
const STREAM = "DEMO_EMAILS";
const SUBJECT = "demo.emails.send";
const CONSUMER = "mailer";
const MAX_DELIVER = 3;
const DAY_NANOS = 86_400_000_000_000;

/**
 * A producer and a consumer of e-mails on JetStream. What can not be sent is given up after three deliveries, or
 * terminated with a reason at once: the server then tells it in an advisory and nowhere else. Begins in the background,
 * survives a server that is away, and never throws. Resolves to what stops it.
 */
export const start = (given: TrafficOptions): Promise<() => Promise<void>> => inBackground("sample traffic on NATS", given, trade);

async function trade({ url, rate, signal, log }: TrafficOptions): Promise<void> {
  const server = await connect({ servers: new URL(url).host, name: "redrive demo", reconnect: false, timeout: 5_000 });
  const gone = new AbortController();
  void server.closed().then(() => gone.abort());
  const live = AbortSignal.any([signal, gone.signal]);
  try {
    const manager = await jetstreamManager(server);
    await manager.streams.info(STREAM).catch(() => manager.streams.add({ name: STREAM, subjects: ["demo.emails.>"], retention: RetentionPolicy.Limits, max_age: 7 * DAY_NANOS }));
    // before the first failure: an advisory that nobody keeps is gone
    await manager.streams.find(ADVISORY_SUBJECTS[0] ?? "").catch(() => manager.streams.add({ name: ADVISORIES, subjects: ADVISORY_SUBJECTS, max_age: 30 * DAY_NANOS }));
    await manager.consumers
      .info(STREAM, CONSUMER)
      .catch(() => manager.consumers.add(STREAM, { durable_name: CONSUMER, ack_policy: AckPolicy.Explicit, max_deliver: MAX_DELIVER, ack_wait: 10_000_000_000 }));
    const js = jetstream(server);
    const mails = await (await js.consumers.get(STREAM, CONSUMER)).consume({ max_messages: 50 });
    const consuming = (async () => {
      for await (const mail of mails) work(mail);
    })();
    log(`sample traffic on NATS: ${rate} messages/s on ${SUBJECT}, stream ${STREAM}`);
    await produce(rate, live, async () => {
      const mail = makeEmail();
      await js.publish(SUBJECT, JSON.stringify(mail), { msgID: String(mail["messageId"]) });
    });
    mails.stop();
    await consuming;
    if (!signal.aborted) throw new Error("the connection was lost");
  } finally {
    await server.close();
  }
}

function work(mail: JsMsg): void {
  const round = mail.headers?.get("redrive-count") || "0";
  try {
    const data = mail.json<Readonly<Record<string, unknown>>>();
    const failed = judge("smtp", { seed: `${String(data["messageId"])}/${round}`, resent: round !== "0", data, now: new Date() });
    if (failed === null) mail.ack();
    else if (failed.retryable) mail.nak(200);
    else mail.term(`${failed.name}: ${failed.message}`);
  } catch {
    mail.term("not JSON");
  }
}
