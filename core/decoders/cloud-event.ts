import { memberOf, stringOf } from "../json/read.ts";
import { headerText, type Header } from "../message/header.ts";
import type { Captured } from "./decoder.ts";
import { propertiesOf } from "./identity.ts";
import type { JsonObject } from "./json-body.ts";

const STRUCTURED = "application/cloudevents+json";
/** Of the bindings for HTTP and NATS, Kafka, AMQP (two spellings); Knative's RabbitMQ broker writes bare names. */
const PREFIXES = ["ce-", "ce_", "cloudevents_", "cloudevents:", ""];

/** The header in which an attribute is carried, whatever the binding's prefix and case; null when there is none. */
export function attributeHeader(headers: readonly Header[], name: string): Header | null {
  const ending = headers.filter((header) => header.name.toLowerCase().endsWith(name));
  for (const prefix of ending.length === 0 ? [] : PREFIXES) {
    const found = ending.find((header) => header.name.toLowerCase() === prefix + name);
    if (found !== undefined) return found;
  }
  return null;
}

/** Whether the message says that its body is a whole event. */
export function saysStructured({ headers, native }: Captured): boolean {
  const header = headers.find(({ name }) => name.toLowerCase() === "content-type");
  const type = propertiesOf(native).contentType ?? (header === undefined ? null : headerText([header], header.name));
  return type?.toLowerCase().startsWith(STRUCTURED) === true;
}

/** A text attribute of the event in the body, or null. */
export const memberText = ({ text, root }: JsonObject, name: string): string | null => stringOf(text, memberOf(text, root, name)) || null;
