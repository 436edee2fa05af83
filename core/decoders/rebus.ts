import { headerText } from "../message/header.ts";
import type { DeathError } from "../message/normal-form.ts";
import { baseForm } from "./base-form.ts";
import type { Decoder } from "./decoder.ts";
import { dotnetError, headOf } from "./error-text.ts";
import { carries, given, headerProse } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { queueTarget, resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const SOURCE = "rbs2-source-queue";
const DETAILS = "rbs2-error-details";
const SUMMARY = /^(\d{1,9}) unhandled exceptions?: /;
const MAX_HEAD = 500;

/** Where `Type: message` begins in a line that may have a time or another text and `: ` before it; -1 for nowhere. */
function headAt(line: string): number {
  const start = line.slice(0, MAX_HEAD);
  for (let at = 0; at >= 0 && at < start.length;) {
    const head = headOf(start.slice(at));
    if (head !== null && /(?:Exception|Error)$/.test(head.type)) return at;
    const next = start.indexOf(": ", at);
    at = next < 0 ? -1 : next + 2;
  }
  return -1;
}

/** The last exception of the list, which stands after an empty line; times are written in the host's culture. */
function lastError(details: string): DeathError {
  const lines = details.replaceAll("\r\n", "\n").split("\n");
  const at = lines.findLastIndex((line, index) => (index === 0 || lines[index - 1] === "") && headAt(line) >= 0);
  const line = lines[at];
  if (line === undefined)
    return { type: null, message: details.slice(0, MAX_HEAD).split("\n", 1)[0] ?? null, stack: details };
  return dotnetError([line.slice(headAt(line)), ...lines.slice(at + 1)].join("\n"));
}

/** Rebus's error queue; source: Rebus DefaultRetryStep, DeadletterQueueErrorHandler and Headers. */
export const rebus: Decoder = {
  rule: "rebus",
  title: "Rebus",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => carries(headers, SOURCE) || carries(headers, DETAILS),
  decode(captured) {
    const { headers } = captured;
    const base = baseForm(captured);
    const queue = headerText(headers, SOURCE) || null;
    const details = headerProse(headers, DETAILS);
    const summary = details === null ? undefined : SUMMARY.exec(details)?.[1];
    return {
      ...base,
      origin:
        queue === null ? null : { kind: "rabbitmq", exchange: "", routingKey: queue, routingKeys: [queue], queue },
      originalMessageId: headerText(headers, "rbs2-msg-id") ?? messageIdOf(captured),
      reason: summary !== undefined ? "retries_exhausted" : details !== null ? "handler_error" : "unknown",
      attempts: summary === undefined ? null : Number(summary),
      error: details === null ? null : lastError(details),
      consumer: given({ queue, messageType: headerText(headers, "rbs2-msg-type") }),
      originalTimestamp: isoOfText(headerText(headers, "rbs2-senttime")) ?? base.originalTimestamp,
    };
  },
  plan(captured) {
    const target = queueTarget(captured, headerText(captured.headers, SOURCE));
    return resendPlan(captured, {
      failedQueue: target,
      origin: target,
      strip: [SOURCE, DETAILS, "rbs2-defer*", "rbs2-delivery-count"],
    });
  },
};
