import { memberOf, rootOf, stringOf } from "../json/read.ts";
import { headerText } from "../message/header.ts";
import { utf8Of } from "../message/bytes.ts";
import type { DeathReason } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given, headerCount, headerProse } from "./fields.ts";
import { correlationIdOf, messageIdOf, propertiesOf } from "./identity.ts";
import { queueTarget, rabbitTarget, resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const ENVELOPE_TYPE = "application/vnd.masstransit+json";
const SUFFIXES = ["_error", "_skipped"];

type Queue = { readonly name: string | null; readonly guessed: boolean };

/** The last segment of `rabbitmq://host[/vhost]/queue?options`. */
function queueInAddress(address: string | null): string | null {
  const path = address?.split("?", 1)[0] ?? "";
  const segment = path.slice(path.lastIndexOf("/") + 1);
  if (!path.includes("/") || segment === "") return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
}

/** The endpoint's queue: by its address, else by the name of the queue the message was moved to. */
function endpoint({ headers, native }: Captured): Queue {
  const addressed = queueInAddress(headerText(headers, "MT-Fault-InputAddress"));
  if (addressed !== null) return { name: addressed, guessed: false };
  const suffix = SUFFIXES.find((candidate) => native.queue.endsWith(candidate));
  const name = suffix === undefined ? null : native.queue.slice(0, -suffix.length);
  return { name: name === "" ? null : name, guessed: name !== null };
}

/** What the JSON envelope says at its top level; nulls when the body is something else. */
function envelope({ headers, native, body }: Captured) {
  const type = headerText(headers, "Content-Type") ?? propertiesOf(native).contentType ?? ENVELOPE_TYPE;
  const text = type.startsWith(ENVELOPE_TYPE) ? utf8Of(body) : null;
  const root = text === null ? null : rootOf(text);
  const field = (name: string) => (text === null || root === null ? null : stringOf(text, memberOf(text, root, name)));
  return {
    messageId: field("messageId"),
    correlation: field("conversationId") ?? field("correlationId"),
    sentTime: isoOfText(field("sentTime")),
  };
}

function reasonOf(raw: string | null, hasError: boolean): DeathReason {
  if (raw === "dead-letter") return "no_consumer";
  return raw === "fault" || hasError ? "handler_error" : "unknown";
}

/** RetryCount is absent when there was no retry; a message nobody consumes was never tried. */
function attemptsOf({ headers }: Captured, reason: DeathReason): number | null {
  if (reason === "no_consumer") return 0;
  if (reason !== "handler_error") return null;
  const retries = headerCount(headers, "MT-Fault-RetryCount");
  return retries !== null ? retries + 1 : carries(headers, "MT-Fault-RetryCount") ? null : 1;
}

function errorOf({ headers }: Captured) {
  const error = {
    type: headerText(headers, "MT-Fault-ExceptionType"),
    message: headerProse(headers, "MT-Fault-Message"),
    stack: headerProse(headers, "MT-Fault-StackTrace"),
  };
  return error.type === null && error.message === null && error.stack === null ? null : error;
}

/** MassTransit's `_error` and `_skipped` queues; source: MassTransit ErrorTransport and MessageHeaders. */
export const massTransit: Decoder = {
  rule: "masstransit",
  title: "MassTransit",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => headers.some(({ name }) => name === "MT-Reason" || name.startsWith("MT-Fault-")),
  decode(captured) {
    const { headers, native } = captured;
    const { name: queue } = endpoint(captured);
    const routingKey = native.transport === "amqp-0.9.1" ? native.routingKey : "";
    const reasonRaw = headerText(headers, "MT-Reason");
    const error = errorOf(captured);
    const reason = reasonOf(reasonRaw, error !== null);
    const sent = envelope(captured);
    return {
      ...baseForm(captured),
      origin:
        queue === null ? null : { kind: "rabbitmq", exchange: queue, routingKey, routingKeys: [routingKey], queue },
      originalMessageId: headerText(headers, "MT-OriginalMessageId") ?? sent.messageId ?? messageIdOf(captured),
      reason,
      reasonRaw,
      attempts: attemptsOf(captured, reason),
      lastFailedAt: isoOfText(headerText(headers, "MT-Fault-Timestamp")),
      error,
      consumer: given({
        queue,
        handler: headerText(headers, "MT-Fault-ConsumerType"),
        messageType: headerText(headers, "MT-Fault-MessageType"),
      }),
      originalTimestamp: sent.sentTime ?? baseForm(captured).originalTimestamp,
      correlationId: correlationIdOf(captured, sent.correlation),
    };
  },
  plan(captured) {
    const { name, guessed } = endpoint(captured);
    const plan = resendPlan(captured, {
      failedQueue: queueTarget(captured, name),
      origin: rabbitTarget(
        captured,
        name,
        captured.native.transport === "amqp-0.9.1" ? captured.native.routingKey : "",
      ),
      strip: ["MT-Reason", "MT-Fault-*", "MT-Host-*", "MT-Redelivery-Count"],
      notes: guessed ? ["target_guessed"] : [],
    });
    // The endpoint's exchange feeds its queue alone.
    return { ...plan, notes: plan.notes.filter((note) => note !== "fan_out") };
  },
};
