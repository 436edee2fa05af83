import type { NatsHeardNative, NatsNative } from "../message/native.ts";
import type { Target } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const natsOf = ({ native }: Captured): NatsNative | NatsHeardNative | null => (native.transport === "nats" ? native : null);

/** Where its producer sent it; unknown when the message was gone before it could be read. */
function targetOf(captured: Captured): Target | null {
  const native = natsOf(captured);
  return native?.subject == null ? null : { kind: "nats", subject: native.subject, stream: native.stream };
}

/** A message its consumer gave up, as the server announced it; source: nats-server's jetstream advisories (v1.max_deliver, v1.terminated). */
export const natsAdvisory: Decoder = {
  rule: "nats-advisory",
  title: "JetStream advisory",
  transports: ["nats"],
  matches: (captured) => natsOf(captured)?.advisory != null,
  decode(captured) {
    const native = natsOf(captured);
    const base = baseForm(captured);
    if (native?.advisory == null) return base;
    const { kind, timestamp, consumer, deliveries } = native.advisory;
    const reason = native.advisory.reason || null;
    return {
      ...base,
      origin: { kind: "nats", stream: native.stream, sequence: native.sequence, ...(native.subject === null ? {} : { subject: native.subject }) },
      originalMessageId: base.originalMessageId ?? `${native.stream}@${native.sequence}`,
      reason: kind === "terminated" ? "terminated" : "delivery_limit",
      reasonRaw: reason ?? (kind === "max_deliver" ? kind : null),
      attempts: deliveries,
      // the server announces it when it would deliver once more: up to the consumer's ack wait after the failure
      lastFailedAt: isoOfText(timestamp),
      error: reason === null ? null : { type: null, message: reason, stack: null },
      consumer: given({ stream: native.stream, consumer }),
      originalTimestamp: base.originalTimestamp ?? isoOfText(native.time),
    };
  },
  plan(captured) {
    const gone = (natsOf(captured)?.advisory?.message ?? "found") !== "found";
    const target = targetOf(captured);
    return resendPlan(captured, { failedQueue: target, origin: target, notes: gone ? ["content_gone"] : ["every_subscriber"] });
  },
};
