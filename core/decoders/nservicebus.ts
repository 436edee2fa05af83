import { headerText } from "../message/header.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given, headerProse } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { queueTarget, resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const EXCEPTION = "NServiceBus.ExceptionInfo.";
const DATA = `${EXCEPTION}Data.`;
const FAILED_QUEUE = "NServiceBus.FailedQ";

/** What ServiceControl removes before it retries. */
const STRIP = [
  "NServiceBus.Retries*",
  "NServiceBus.FailedQ*",
  "NServiceBus.TimeOfFailure*",
  `${EXCEPTION}*`,
  "ServiceControl.EditOf*",
];

function errorOf({ headers }: Captured) {
  const error = {
    type: headerText(headers, `${EXCEPTION}ExceptionType`),
    message: headerProse(headers, `${EXCEPTION}Message`),
    stack: headerProse(headers, `${EXCEPTION}StackTrace`),
  };
  return error.type === null && error.message === null && error.stack === null ? null : error;
}

/** An assembly-qualified name's first part; several types are parted by semicolons. */
const firstType = (types: string | null): string | null => types?.split(/[,;]/, 1)[0]?.trim() ?? null;

/** NServiceBus's error queue; source: NServiceBus FaultMetadata and ServiceControl's retry. Retries are not counted. */
export const nServiceBus: Decoder = {
  rule: "nservicebus",
  title: "NServiceBus",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => carries(headers, FAILED_QUEUE),
  decode(captured) {
    const { headers } = captured;
    const base = baseForm(captured);
    const queue = headerText(headers, FAILED_QUEUE) || null;
    return {
      ...base,
      origin:
        queue === null ? null : { kind: "rabbitmq", exchange: "", routingKey: queue, routingKeys: [queue], queue },
      originalMessageId: headerText(headers, "NServiceBus.MessageId") ?? messageIdOf(captured),
      reason: "handler_error",
      lastFailedAt: isoOfText(headerText(headers, "NServiceBus.TimeOfFailure")),
      error: errorOf(captured),
      consumer: given({
        endpoint: headerText(headers, "NServiceBus.ProcessingEndpoint"),
        host: headerText(headers, "NServiceBus.ProcessingMachine"),
        handler: headerText(headers, `${DATA}Handler type`),
        messageType:
          headerText(headers, `${DATA}Message type`) ??
          firstType(headerText(headers, "NServiceBus.EnclosedMessageTypes")),
      }),
      originalTimestamp: isoOfText(headerText(headers, "NServiceBus.TimeSent")) ?? base.originalTimestamp,
    };
  },
  plan(captured) {
    const failed = queueTarget(captured, headerText(captured.headers, FAILED_QUEUE));
    const override = queueTarget(captured, headerText(captured.headers, "ServiceControl.RetryTo"));
    return resendPlan(captured, { failedQueue: override ?? failed, origin: failed, strip: STRIP });
  },
};
