import { messageTemplate } from "./message-template.ts";
import type { DeathReason, NormalForm } from "./normal-form.ts";
import { pgSafe } from "./pg-text.ts";
import { topFrame } from "./stack-frames.ts";

const MAX_PART = 300;
const MAX_TITLE = 200;

/** `key` is equal for failures of one group: stable text to hash, short enough to keep. `title` is for people. */
export type Fingerprint = { readonly key: string; readonly title: string };

/** The words before the queue's name. */
const WORDS: Readonly<Record<DeathReason, string>> = {
  rejected: "rejected from",
  expired: "expired in",
  maxlen: "pushed out of",
  delivery_limit: "delivery limit reached in",
  retries_exhausted: "retries exhausted in",
  handler_error: "failed in",
  deserialization_error: "could not be read in",
  terminated: "terminated in",
  poison: "poison message in",
  no_consumer: "not consumed in",
  abandoned: "abandoned in",
  unknown: "unknown reason, found in",
};

/** `CardDeclined` of `App\Exception\CardDeclined` and of `billing.CardDeclined`. */
const shortType = (type: string): string => type.split(/[.\\:+/]/).findLast((part) => part !== "") ?? type;

/** One line without control characters: a title is shown in lists, chats and logs. */
const oneLine = (text: string): string =>
  pgSafe(text, MAX_TITLE)
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();

const keyOf = (...parts: string[]): string => JSON.stringify(parts.map((part) => pgSafe(part, MAX_PART)));

/**
 * The failure fingerprint of a death. With an error: its type and the nearest own stack frame, which is where the code
 * failed, whatever the message says; without a frame its message without what varies. Without: the reason and the queue it failed in, or else `sourceName`, where it was captured.
 * Linear in the length of the text, with a bound on what is looked at.
 */
export function fingerprint(form: Pick<NormalForm, "error" | "reason" | "origin">, sourceName: string): Fingerprint {
  const type = oneLine(form.error?.type ?? "");
  const template = messageTemplate(form.error?.message ?? "");
  const frame = topFrame(form.error?.stack ?? "");
  if (type !== "" || template !== "" || frame !== null) {
    const name = type === "" ? "" : shortType(type);
    const title =
      frame === null || name === "" ? [name, template].filter((part) => part !== "").join(": ") : `${name} at ${frame}`;
    return {
      key: keyOf("error", type, frame ?? "", frame === null || type === "" ? template : ""),
      title: oneLine(title === "" ? `failed at ${frame}` : title),
    };
  }
  const { origin, reason } = form;
  const place = pgSafe(origin?.queue ?? origin?.receiver ?? origin?.topic ?? origin?.stream ?? sourceName, MAX_PART);
  return { key: keyOf("reason", reason, place), title: oneLine(`${WORDS[reason]} ${place}`) };
}
