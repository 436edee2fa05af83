import { headerText, type Header } from "../message/header.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given, headerProse } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfMsText } from "./time.ts";

const SIGNS = ["failed-at", "exception-type", "original-destination"];
/** `redis://stream/<database>/<key>`. */
const DESTINATION = /^redis:\/\/stream\/\d{1,5}\/(.+)$/;

const keyIn = (headers: readonly Header[]): string | null => DESTINATION.exec(headerText(headers, "original-destination") ?? "")?.[1] ?? null;

const count = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null);

/**
 * Wolverine's dead-letter stream; source: wolverine RedisStreamListener.cs. Its envelope is binary and lies otherwise in the
 * stream it came from, so no place to resend to is offered: Wolverine's own tooling replays it.
 */
export const wolverineRedis: Decoder = {
  rule: "wolverine-redis",
  title: "Wolverine on Redis",
  transports: ["redis-stream"],
  matches: ({ headers }: Captured) => SIGNS.every((name) => carries(headers, name)),
  decode(captured) {
    const { headers } = captured;
    const key = keyIn(headers);
    return {
      ...baseForm(captured),
      origin: key === null ? null : { kind: "redis-stream", queue: key },
      originalMessageId: headerText(headers, "envelope-id"),
      reason: "handler_error",
      attempts: count(headerText(headers, "attempts")),
      lastFailedAt: isoOfMsText(headerText(headers, "failed-at")),
      error: { type: headerText(headers, "exception-type"), message: headerProse(headers, "exception-message"), stack: headerProse(headers, "exception-stack") },
      consumer: given({ messageType: headerText(headers, "message-type") }),
    };
  },
  plan: (captured) => resendPlan(captured, { failedQueue: null, origin: null }),
};
