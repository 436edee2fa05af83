import { integerOf, itemsOf, memberOf, membersOf, rootOf, stringOf, type Span } from "../json/read.ts";
import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import { headerText, type Header } from "../message/header.ts";
import type { DeathError, ResendNote } from "../message/normal-form.ts";
import type { Native } from "../message/raw.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { errorOf, given } from "./fields.ts";
import { headersIn, propertiesIn } from "./json-amqp.ts";
import { jsonObjectIn } from "./json-body.ts";
import { queueTarget, rabbitTarget, resendPlan, writtenByTransport } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";
import { brokerStory } from "./x-death.ts";

const HEADER = "retry_info";
const SUFFIX = "-error";
/** What the handler was told when no exception was thrown: a worker's verdict, not an error. */
const VERDICTS = new Set(["reject", "timeout", "error", "requeue"]);

/** One failure as the handler wrote it; `payload` where the letter itself is the envelope, as until Sneakers 2.8. */
type Report = { readonly text: string; readonly root: Span; readonly payload: Uint8Array | null };

const isReport = (text: string, value: Span): boolean => text[value.start] === "{" && integerOf(text, memberOf(text, value, "num_attempts")) !== null;

/** The newest failure in the header: alone, or the first of a list. An older version listed a hash's pairs after it. */
function inHeader(headers: readonly Header[]): Report | null {
  const text = headerText(headers, HEADER) ?? "";
  const root = rootOf(text);
  const newest = root === null ? null : text[root.start] === "[" ? itemsOf(text, root).find((item) => isReport(text, item)) : root;
  return newest == null || !isReport(text, newest) ? null : { text, root: newest, payload: null };
}

function inBody({ body }: Captured): Report | null {
  const object = jsonObjectIn(body, ["num_attempts", "failed_at", "payload"]);
  if (object === null || !isReport(object.text, object.root)) return null;
  const { text, root } = object;
  const field = (name: string) => stringOf(text, memberOf(text, root, name));
  const payload = field("payload");
  const bytes = payload === null || field("failed_at") === null ? null : bytesOfBase64(payload);
  return bytes === null ? null : { text, root, payload: bytes };
}

const reportOf = (captured: Captured): Report | null => inHeader(captured.headers) ?? inBody(captured);

/** The message's own properties and headers; nothing where they were not written as JSON. */
function original({ text, root }: Report): { readonly properties: ReturnType<typeof propertiesIn>; readonly headers: readonly Header[] } {
  const value = memberOf(text, root, "properties");
  const wrapped = stringOf(text, value);
  const bytes = wrapped === null ? null : bytesOfBase64(wrapped);
  const json = wrapped === null ? text : bytes === null ? "" : (utf8Of(bytes) ?? "");
  const object = wrapped === null ? value : rootOf(json);
  if (object === null || json[object.start] !== "{") return { properties: {}, headers: [] };
  const headers = membersOf(json, object).find(({ key }) => key === "headers")?.value;
  return { properties: propertiesIn(json, object), headers: headers === undefined ? [] : headersIn(json, headers) };
}

/** The worker's queue: where the message was rejected before, else by the name of the queue it lies in. */
function queueOf(captured: Captured, report: Report): { readonly queue: string | null; readonly guessed: boolean } {
  const told = brokerStory(original(report).headers)?.failed.queue ?? null;
  if (told !== null) return { queue: told, guessed: false };
  const { queue } = captured.native;
  return queue.endsWith(SUFFIX) && queue !== SUFFIX ? { queue: queue.slice(0, -SUFFIX.length), guessed: true } : { queue: null, guessed: false };
}

function failureOf({ text, root }: Report): { readonly error: DeathError | null; readonly reasonRaw: string | null } {
  const field = (name: string) => stringOf(text, memberOf(text, root, name));
  const lines = memberOf(text, root, "backtrace");
  const stack = lines === null ? null : (stringOf(text, lines) ?? itemsOf(text, lines).flatMap((line) => stringOf(text, line) ?? []).join("\n"));
  const [type, said] = [field("error_class"), field("error")];
  if (type === null && said !== null && VERDICTS.has(said)) return { error: null, reasonRaw: said };
  return { error: errorOf({ type, message: field("error_message") ?? said, stack: stack || null }), reasonRaw: null };
}

const routingKeyOf = (native: Native): string | null => (native.transport === "amqp-0.9.1" ? native.routingKey : null);

/** Maxretry of Sneakers and Kicks; source: kicks lib/sneakers/handlers/maxretry.rb. The letter's only header holds all. */
export const kicks: Decoder = {
  rule: "kicks",
  title: "Sneakers / Kicks Maxretry",
  transports: ["amqp-0.9.1"],
  matches: (captured) => reportOf(captured) !== null,
  decode(captured) {
    const base = baseForm(captured);
    const report = reportOf(captured);
    if (report === null || captured.native.transport !== "amqp-0.9.1") return base;
    const { text, root } = report;
    const { properties, headers } = original(report);
    const { queue } = queueOf(captured, report);
    const exchange = brokerStory(headers)?.first.exchange ?? null;
    const { routingKey } = captured.native;
    const form = baseForm({ ...captured, headers, native: { ...captured.native, properties } });
    return {
      ...form,
      ...failureOf(report),
      origin: { kind: "rabbitmq", ...given({ queue }), ...(exchange === null ? {} : { exchange }), routingKey, routingKeys: [routingKey] },
      reason: "retries_exhausted",
      attempts: integerOf(text, memberOf(text, root, "num_attempts")),
      lastFailedAt: isoOfText(stringOf(text, memberOf(text, root, "failed_at"))),
      consumer: given({ queue }),
    };
  },
  plan(captured) {
    const report = reportOf(captured);
    if (report === null || captured.native.transport !== "amqp-0.9.1") return resendPlan(captured, { failedQueue: null, origin: null, strip: [HEADER] });
    const { properties, headers } = original(report);
    const { queue, guessed } = queueOf(captured, report);
    const restorable = headers.filter(({ name }) => name !== HEADER && !writtenByTransport(captured, name) && captured.headers.every((header) => header.name !== name));
    const restored = restorable.length > 0 || Object.keys(properties).length > 0;
    const notes: ResendNote[] = [...(guessed ? (["target_guessed"] as const) : []), ...(restored ? (["properties_restored"] as const) : []), ...(report.payload === null ? [] : (["body_restored"] as const))];
    return resendPlan(captured, {
      failedQueue: queueTarget(captured, queue),
      origin: rabbitTarget(captured, brokerStory(headers)?.first.exchange, routingKeyOf(captured.native)),
      strip: [HEADER],
      set: restorable,
      body: report.payload,
      native: restored ? { ...captured.native, properties: { ...captured.native.properties, ...properties } } : null,
      notes,
    });
  },
};
