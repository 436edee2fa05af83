import { kindOfTransport } from "#core/brokers/of-transport.ts";
import { baseForm } from "#core/decoders/base-form.ts";
import { redriveRoute } from "#core/decoders/redrive-route.ts";
import type { Header } from "#core/message/header.ts";
import type { DeathReason, NormalForm } from "#core/message/normal-form.ts";
import type { Native, RawDeath } from "#core/message/raw.ts";
import type { DeliveryError } from "#core/route/outcome.ts";
import type { DeadCause } from "#core/route/state.ts";
import type { NewDeath } from "#db/queries/capture.ts";
import type { Claimed } from "#db/queries/deliveries-claim.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import { newDeath } from "./new-death.ts";

const REASONS: { readonly [C in DeadCause]: DeathReason } = {
  exhausted: "retries_exhausted",
  not_retryable: "handler_error",
  expired: "expired",
  overflow: "maxlen",
  given_up: "abandoned",
  guard_key_missing: "rejected",
  unknown_outcome: "unknown",
};

const WORDS: { readonly [C in DeadCause]: string } = {
  exhausted: "every try failed",
  not_retryable: "the error is not worth another try",
  expired: "it was not delivered in the time the route gives a message",
  overflow: "more messages waited than the route holds",
  given_up: "it was given up",
  guard_key_missing: "it has no key by which duplicates are told, and the route wants one",
  unknown_outcome: "nobody knows whether it arrived, and the route leaves that to a person",
};

export type GivenUp = {
  readonly cause: DeadCause;
  /** Of the last try; null when there was none. */
  readonly error: DeliveryError | null;
  /** Failed tries. */
  readonly tries: number;
  readonly firstTriedAt: Date | null;
  readonly now: Date;
};

/** The dead letter of a delivery that its route gave up. */
export function routeDeath(route: ActiveRoute, claimed: Claimed, given: GivenUp): NewDeath {
  const raw: RawDeath = {
    // of its own: a delivery dies once
    identity: { kind: "exact", id: `delivery:${claimed.id}` },
    body: claimed.body,
    headers: JSON.parse(claimed.headers) as Header[],
    native: JSON.parse(claimed.native) as Native,
  };
  const death = newDeath(raw, route.sourceName, storyOf(route, claimed, raw, given));
  // the first death of a message that came by the route begins the message under the delivery's own id
  return { ...death, id: claimed.id, lineage: claimed.messageId === null ? death.lineage : { messageId: claimed.messageId } };
}

function storyOf(route: ActiveRoute, claimed: Claimed, raw: RawDeath, { cause, error, tries, firstTriedAt, now }: GivenUp): NormalForm {
  const { givenUpBy, givenUpReason } = claimed;
  const detail = cause === "given_up" && givenUpBy !== null ? `${WORDS.given_up} by ${givenUpBy}` : WORDS[cause];
  return {
    ...baseForm(raw),
    rule: redriveRoute.rule,
    origin: { kind: kindOfTransport(raw.native.transport), queue: route.sourceName },
    reason: REASONS[cause],
    // the reason stands here alone: in the error's message it would part groups
    reasonRaw: cause === "given_up" && givenUpReason !== null ? `${detail}: ${givenUpReason}` : detail,
    attempts: tries,
    firstFailedAt: firstTriedAt?.toISOString() ?? null,
    lastFailedAt: now.toISOString(),
    error: { type: errorType(error), message: error?.message ?? detail, stack: error?.stack ?? null },
    consumer: { route: route.name },
    key: claimed.key === null ? null : { utf8: claimed.key },
  };
}

/** What groups alike failures: the error's own name where it has one, else the status, else the code. */
function errorType(error: DeliveryError | null): string | null {
  if (error === null) return null;
  return error.type ?? (error.status === null ? error.code : `HTTP ${error.status}`);
}
