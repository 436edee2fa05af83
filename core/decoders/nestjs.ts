import { memberOf, membersOf, stringOf } from "../json/read.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { given } from "./fields.ts";
import { jsonObjectIn } from "./json-body.ts";
import { brokerForm, brokerTargets } from "./rabbitmq-x-death.ts";
import { resendPlan } from "./resend-plan.ts";
import { brokerStory } from "./x-death.ts";

const MEMBERS = new Set(["pattern", "data", "id", "options"]);
const MAX_PATTERN = 300;

type Packet = { /** The pattern: a text, or JSON as it stands. */ readonly handler: string; readonly request: boolean };

/** What a Nest client sends: a pattern and data, and of a request an id. Nothing else stands in it. */
function packetIn({ body }: Captured): Packet | null {
  const object = jsonObjectIn(body, ["pattern", "data"]);
  if (object === null) return null;
  const { text, root } = object;
  const pattern = memberOf(text, root, "pattern");
  if (pattern === null || memberOf(text, root, "data") === null || membersOf(text, root).some(({ key }) => !MEMBERS.has(key))) return null;
  const handler = stringOf(text, pattern) ?? (text[pattern.start] === "{" ? text.slice(pattern.start, pattern.end) : null);
  return handler === null || handler.length > MAX_PATTERN ? null : { handler, request: memberOf(text, root, "id") !== null };
}

/** A message of a NestJS microservice that RabbitMQ dead-lettered; source: nestjs ClientRMQ. Nest writes nothing of its own. */
export const nestjs: Decoder = {
  rule: "nestjs",
  title: "NestJS microservice",
  transports: ["amqp-0.9.1"],
  matches: (captured) => packetIn(captured) !== null && brokerStory(captured.headers) !== null,
  decode(captured) {
    const form = brokerForm(captured);
    return { ...form, consumer: { ...form.consumer, ...given({ handler: packetIn(captured)?.handler ?? null }) } };
  },
  plan: (captured) => resendPlan(captured, { ...brokerTargets(captured), notes: packetIn(captured)?.request === true ? ["reply_to_gone"] : [] }),
};
