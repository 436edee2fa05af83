import { integerOf, itemsOf, memberOf, rootOf, stringOf, type Span } from "../json/read.ts";
import { headerText, type Header } from "../message/header.ts";
import type { DeathError, Origin } from "../message/normal-form.ts";
import { baseForm, type Form } from "./base-form.ts";
import type { Decoder } from "./decoder.ts";
import { carries, given } from "./fields.ts";
import { resendPlan } from "./resend-plan.ts";
import { isoOfText } from "./time.ts";

const STAMP = "X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\";
const SENT_TO_FAILURE = `${STAMP}SentToFailureTransportStamp`;
const REDELIVERY = `${STAMP}RedeliveryStamp`;
const ERROR_DETAILS = `${STAMP}ErrorDetailsStamp`;

/** Whether headers say that Symfony sent the message to a failure transport. */
export const isSentToFailure = (headers: readonly Header[]): boolean => carries(headers, SENT_TO_FAILURE);

/** If SentToFailureTransportStamp stayed, the next failure would not reach the failure transport and be lost. */
export const STRIP = [REDELIVERY, ERROR_DETAILS, SENT_TO_FAILURE, `${STAMP}DelayStamp`];

type Stamps = { readonly text: string; readonly items: readonly Span[] };

/** The stamps of one class, oldest first: a JSON array in one header. */
function stampsIn(headers: readonly Header[], name: string): Stamps {
  const text = headerText(headers, name) ?? "";
  const root = rootOf(text);
  return { text, items: root === null ? [] : itemsOf(text, root) };
}

const field = ({ text }: Stamps, stamp: Span | undefined, name: string): Span | null =>
  stamp === undefined ? null : memberOf(text, stamp, name);

/** Until Symfony 5.1 the stamp of a retry told its error; the one of the way to the failure transport may repeat it. */
function errorOfRetry(headers: readonly Header[]): DeathError | null {
  const stamps = stampsIn(headers, REDELIVERY);
  const told = stamps.items.findLast((stamp) => stringOf(stamps.text, field(stamps, stamp, "exceptionMessage")) !== null);
  if (told === undefined) return null;
  const flat = field(stamps, told, "flattenException");
  const inside = (name: string) => (flat === null ? null : stringOf(stamps.text, memberOf(stamps.text, flat, name)));
  return { type: inside("class"), message: stringOf(stamps.text, field(stamps, told, "exceptionMessage")), stack: inside("trace_as_string") };
}

function errorOf(headers: readonly Header[]): DeathError | null {
  const stamps = stampsIn(headers, ERROR_DETAILS);
  const last = stamps.items.at(-1);
  if (last === undefined) return errorOfRetry(headers);
  const flat = field(stamps, last, "flattenException");
  return {
    type: stringOf(stamps.text, field(stamps, last, "exceptionClass")),
    message: stringOf(stamps.text, field(stamps, last, "exceptionMessage")),
    stack: flat === null ? null : stringOf(stamps.text, memberOf(stamps.text, flat, "trace_as_string")),
  };
}

/** The last stamp counts 0 again, so the attempts are one more than the highest count. */
function redeliveries(headers: readonly Header[]) {
  const stamps = stampsIn(headers, REDELIVERY);
  const at = (stamp: Span | undefined) => isoOfText(stringOf(stamps.text, field(stamps, stamp, "redeliveredAt")));
  let most: number | null = null;
  for (const item of stamps.items) {
    const count = integerOf(stamps.text, field(stamps, item, "retryCount"));
    if (count !== null && count >= 0 && (most === null || count > most)) most = count;
  }
  return { attempts: most === null ? null : most + 1, first: at(stamps.items[0]), last: at(stamps.items.at(-1)) };
}

/** What the stamps tell, wherever they stand. The origin is a transport's name. */
export function stampedForm(headers: readonly Header[], kind: Origin["kind"]): Partial<Form> {
  const sent = stampsIn(headers, SENT_TO_FAILURE);
  const receiver = stringOf(sent.text, field(sent, sent.items.at(-1), "originalReceiverName"));
  const { attempts, first, last } = redeliveries(headers);
  return {
    origin: receiver === null ? null : { kind, receiver },
    reason: "retries_exhausted",
    attempts,
    firstFailedAt: first,
    lastFailedAt: last,
    error: errorOf(headers),
    consumer: given({ messageType: headerText(headers, "type"), receiver }),
  };
}

/**
 * Symfony Messenger's failure transport with the JSON serializer; source: symfony/messenger Serializer.php. The default
 * PHP serializer keeps its stamps inside the body, which stays closed to us.
 */
export const symfony: Decoder = {
  rule: "symfony",
  title: "Symfony Messenger",
  transports: ["amqp-0.9.1"],
  matches: ({ headers }) => isSentToFailure(headers),
  decode: (captured) => ({ ...baseForm(captured), ...stampedForm(captured.headers, "rabbitmq") }),
  plan: (captured) => resendPlan(captured, { failedQueue: null, origin: null, strip: STRIP }),
};
