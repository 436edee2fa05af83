import { kindOfTransport } from "../brokers/of-transport.ts";
import { edited, removals } from "../json/edit.ts";
import { membersOf } from "../json/read.ts";
import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import { headerText, headerValue, isInteger } from "../message/header.ts";
import { baseForm } from "./base-form.ts";
import { attributeHeader, memberText, saysStructured } from "./cloud-event.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { errorOf, given } from "./fields.ts";
import { jsonObjectIn, type JsonObject } from "./json-body.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const SIGN = "knativeerrordest";
const NAMES = [SIGN, "knativeerrorcode", "knativeerrordata"];
const STATUS = /^[1-5]\d\d$/;
/** Knative cuts the base64 at this length, within a character of at most four bytes. */
const CUT = 1_024;
const MAX_REST = 3;
const CONTROL = /[^\P{Cc}\t\r\n]/u;

/** The event in the body, when the dead letter is in the structured mode. */
function structured(captured: Captured): JsonObject | null {
  const event = saysStructured(captured) ? jsonObjectIn(captured.body, [SIGN]) : null;
  return event !== null && memberText(event, SIGN) !== null ? event : null;
}

/** An attribute as text: of the headers, else of the structured event. */
function attribute(captured: Captured, name: string): string | null {
  const header = attributeHeader(captured.headers, name);
  if (header === null) {
    const event = structured(captured);
    return event === null ? null : memberText(event, name);
  }
  const value = headerValue([header], header.name);
  return value !== null && isInteger(value) ? value.v : headerText([header], header.name);
}

/** The subscriber's answer: base64 that may be cut anywhere. Older versions wrote the text itself, and bytes stay base64. */
function answerOf(data: string | null): string | null {
  if (data === null || data === "") return null;
  // one character is not yet a byte
  const bytes = bytesOfBase64(data.length % 4 === 1 ? data.slice(0, -1) : data);
  const rest = data.length < CUT - 4 ? 0 : MAX_REST;
  for (let left = 0; bytes !== null && left <= rest; left++) {
    const text = utf8Of(bytes.subarray(0, bytes.length - left));
    if (text !== null && !CONTROL.test(text)) return text;
  }
  return data;
}

/** The body without what the sink wrote into the event; null when there is nothing to take out. */
function cleaned(captured: Captured): Uint8Array | null {
  const event = structured(captured);
  if (event === null) return null;
  const members = membersOf(event.text, event.root);
  const positions = members.flatMap(({ key }, index) => (NAMES.includes(key) ? [index] : []));
  return new TextEncoder().encode(edited(event.text, removals(members, positions)));
}

/**
 * Knative Eventing's dead letter sink; source: knative/eventing kncloudevents attributes and docs. It names the subscriber
 * that failed by its URL, which is no place of this broker: the operator says where the event goes.
 */
export const knative: Decoder = {
  rule: "knative",
  title: "Knative dead letter sink",
  transports: ["kafka", "amqp-0.9.1", "nats"],
  matches: (captured) => attributeHeader(captured.headers, SIGN) !== null || structured(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const [url, code] = [attribute(captured, SIGN), attribute(captured, "knativeerrorcode")];
    return {
      ...base,
      origin: url === null ? null : { kind: kindOfTransport(captured.native.transport), receiver: url },
      originalMessageId: attribute(captured, "id") ?? base.originalMessageId,
      reason: "handler_error",
      reasonRaw: code,
      error: errorOf({ type: code !== null && STATUS.test(code) ? `HTTP ${code}` : null, message: answerOf(attribute(captured, "knativeerrordata")), stack: null }),
      consumer: given({ url }),
      originalTimestamp: isoOfText(attribute(captured, "time")) ?? base.originalTimestamp,
    };
  },
  plan(captured) {
    const body = cleaned(captured);
    const names = NAMES.flatMap((name) => captured.headers.flatMap((header) => (header.name.toLowerCase().endsWith(name) ? [header.name] : [])));
    return resendPlan(captured, { failedQueue: null, origin: null, strip: names, body, notes: body === null ? [] : ["body_death_removed"] });
  },
};
