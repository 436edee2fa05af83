import { edited, removals } from "../json/edit.ts";
import { memberOf, membersOf, stringOf, type Member } from "../json/read.ts";
import { text, type Header } from "../message/header.ts";
import { baseForm } from "./base-form.ts";
import type { Captured, Decoder } from "./decoder.ts";
import { jsonOf, type Json } from "./redis-jobs.ts";
import { resendPlan } from "./resend-plan.ts";
import { isSentToFailure, stampedForm, STRIP } from "./symfony.ts";

type Envelope = Json & { readonly members: readonly Member[]; readonly headers: readonly Header[] };

/** The JSON `{body, headers}` in the entry's field `message`, or null when it is none that failed. */
function envelopeOf({ native, body }: Captured): Envelope | null {
  if (native.transport !== "redis-stream" || native.body?.field !== "message") return null;
  const json = jsonOf(body);
  const inside = json === null ? null : memberOf(json.text, json.root, "headers");
  if (json === null || inside === null) return null;
  const members = membersOf(json.text, inside);
  const headers = members.flatMap(({ key, value }) => {
    const written = stringOf(json.text, value);
    return written === null ? [] : [text(key, written)];
  });
  return isSentToFailure(headers) ? { ...json, members, headers } : null;
}

/**
 * Symfony Messenger's failure transport on a Redis stream, with its JSON serializer; source: symfony/messenger
 * Bridge/Redis/Transport/Connection.php. What phpredis or PhpSerializer wrote stays closed to us.
 */
export const symfonyRedis: Decoder = {
  rule: "symfony-redis",
  title: "Symfony Messenger on Redis",
  transports: ["redis-stream"],
  matches: (captured) => envelopeOf(captured) !== null,
  decode: (captured) => ({ ...baseForm(captured), ...stampedForm(envelopeOf(captured)?.headers ?? [], "redis-stream") }),
  plan(captured) {
    const envelope = envelopeOf(captured);
    const gone = envelope?.members.flatMap(({ key }, index) => (STRIP.includes(key) ? [index] : [])) ?? [];
    const body = envelope === null ? null : new TextEncoder().encode(edited(envelope.text, removals(envelope.members, gone)));
    return resendPlan(captured, { failedQueue: null, origin: null, body, notes: body === null ? [] : ["body_retry_counter_reset"] });
  },
};
