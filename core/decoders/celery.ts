import { edited } from "../json/edit.ts";
import { integerOf, memberOf, stringOf } from "../json/read.ts";
import { headerText, headerValue, isInteger } from "../message/header.ts";
import type { NormalForm, ResendNote, ResendPlan } from "../message/normal-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { carries, given, headerCount } from "./fields.ts";
import { messageIdOf } from "./identity.ts";
import { jsonObjectIn, type JsonObject } from "./json-body.ts";
import { brokerForm, brokerTargets } from "./rabbitmq-x-death.ts";
import { resendPlan } from "./resend-plan.ts";

const SIGNS = ["task", "id", "lang"];
const V1_SIGNS = ["task", "id", "args", "kwargs", "retries"];

/** A rejected task failed once more than it was retried; one that expired or overflowed was not run again. */
function attemptsOf(retries: number | null, { reason, attempts }: Pick<NormalForm, "reason" | "attempts">) {
  if (retries === null) return reason === "rejected" ? null : attempts;
  if (reason === "rejected") return retries + 1;
  return reason === "expired" || reason === "maxlen" ? retries : null;
}

const inHeaders = ({ headers }: Captured): boolean => SIGNS.every((name) => carries(headers, name));

/** The task of message protocol 1, which is all in the body; of its serializers only JSON can be read. */
function inBody({ body }: Captured): JsonObject | null {
  const object = jsonObjectIn(body, V1_SIGNS);
  if (object === null || V1_SIGNS.some((name) => memberOf(object.text, object.root, name) === null)) return null;
  return stringOf(object.text, memberOf(object.text, object.root, "task")) === null ? null : object;
}

type Task = { readonly id: string | null; readonly handler: string | null; readonly retries: number | null };

function taskOf(captured: Captured): Task {
  const { headers } = captured;
  const object = inHeaders(captured) ? null : inBody(captured);
  if (object === null) return { id: headerText(headers, "id"), handler: headerText(headers, "task"), retries: headerCount(headers, "retries") };
  const member = (name: string) => memberOf(object.text, object.root, name);
  const retries = integerOf(object.text, member("retries"));
  return { id: stringOf(object.text, member("id")), handler: stringOf(object.text, member("task")), retries: retries !== null && retries >= 0 ? retries : null };
}

type Fresh = { readonly set: ResendPlan["set"]; readonly body: Uint8Array | null; readonly notes: readonly ResendNote[] };

/** The counter back to zero, where the protocol keeps it. */
function fresh(captured: Captured): Fresh {
  const retries = headerValue(captured.headers, "retries");
  const expires = headerValue(captured.headers, "expires");
  const counted = retries !== null && isInteger(retries) && retries.v !== "0" ? retries : null;
  return {
    set: counted === null ? [] : [{ name: "retries", value: { t: counted.t, v: "0" } }],
    body: null,
    notes: [
      ...(counted === null ? [] : (["header_retry_counter_reset"] as const)),
      ...(expires === null || expires.t === "void" ? [] : (["may_be_expired"] as const)),
    ],
  };
}

function freshBody({ text, root }: JsonObject): Fresh {
  const [retries, expires] = [memberOf(text, root, "retries"), memberOf(text, root, "expires")];
  const counted = retries !== null && (integerOf(text, retries) ?? 0) !== 0 ? retries : null;
  return {
    set: [],
    body: counted === null ? null : new TextEncoder().encode(edited(text, [{ ...counted, text: "0" }])),
    notes: [
      ...(counted === null ? [] : (["body_retry_counter_reset"] as const)),
      ...(expires === null || text[expires.start] === "n" ? [] : (["may_be_expired"] as const)),
    ],
  };
}

/**
 * A Celery task that RabbitMQ dead-lettered; source: celery docs/internals/protocol.rst, both versions. Celery writes
 * nothing about the failure on the message.
 */
export const celery: Decoder = {
  rule: "celery",
  title: "Celery",
  transports: ["amqp-0.9.1"],
  matches: (captured) => inHeaders(captured) || inBody(captured) !== null,
  decode(captured) {
    const form = brokerForm(captured);
    const { id, handler, retries } = taskOf(captured);
    return {
      ...form,
      originalMessageId: id ?? messageIdOf(captured),
      attempts: attemptsOf(retries, form),
      consumer: { ...form.consumer, ...given({ handler }) },
    };
  },
  plan(captured) {
    const object = inHeaders(captured) ? null : inBody(captured);
    return resendPlan(captured, { ...brokerTargets(captured), ...(object === null ? fresh(captured) : freshBody(object)) });
  },
};
