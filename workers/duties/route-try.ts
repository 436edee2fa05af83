import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import { decide, type Decision } from "#core/route/decide.ts";
import type { DeliveryOutcome } from "#core/route/outcome.ts";
import type { Claimed } from "#db/queries/deliveries-claim.ts";
import type { Settled } from "#db/queries/deliveries-verdicts.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { Destination } from "../destinations/destination.ts";
import { failpoint } from "../runtime/failpoint.ts";
import type { Parts } from "./parts.ts";
import { routeDeath } from "./route-death.ts";

/** Hears what a try came to, and why it failed. */
export type Judged = (decision: Decision, reason: string) => Promise<void>;

export type TryParts = Pick<Parts, "log"> & {
  /** A linear-time search, see core/route/classify.ts. */
  finds(pattern: string, text: string): boolean;
};

/** A claimed delivery that is not to be tried, with its dead letter. */
export function doomed(route: ActiveRoute, claimed: Claimed, cause: NonNullable<Claimed["doom"]>): Settled {
  const death = routeDeath(route, claimed, { cause, error: null, tries: claimed.number, firstTriedAt: claimed.firstTriedAt, now: new Date() });
  return { claimed, by: "doom", cause, death };
}

/** Makes one try, which is written down already, and decides what follows from it. `cut` ends it. */
export async function tryOnce(parts: TryParts, route: ActiveRoute, claimed: Claimed, { destination, cut, judged }: { destination: Destination; cut: AbortSignal; judged: Judged }): Promise<Settled> {
  const began = performance.now();
  const outcome = await deliver(parts, route, claimed, destination, cut);
  failpoint("deliver.sent");
  const durationMs = performance.now() - began;
  const tried = { tried: claimed.number, lastDelayMs: claimed.lastDelayMs, ageMs: claimed.ageMs + durationMs, random: Math.random() };
  const decision = decide(route.definition, outcome, tried, parts);
  const error = outcome.status === "confirmed" ? null : outcome.error;
  await judged(decision, error?.message ?? "").catch((failed: unknown) => parts.log.warn({ err: failed }, "a breaker could not be written"));
  const given = decision.to === "dead" ? { cause: decision.cause, error, tries: claimed.number, firstTriedAt: claimed.firstTriedAt ?? new Date(), now: new Date() } : null;
  return { claimed, by: "try", outcome, durationMs, decision, death: given === null ? null : routeDeath(route, claimed, given) };
}

async function deliver({ log }: TryParts, route: ActiveRoute, claimed: Claimed, destination: Destination, cut: AbortSignal): Promise<DeliveryOutcome> {
  try {
    return await destination.deliver(
      {
        messageId: claimed.messageId ?? claimed.id,
        attemptId: claimed.attemptId,
        attempt: claimed.number,
        route: route.name,
        receivedAt: claimed.receivedAt,
        body: claimed.body,
        headers: JSON.parse(claimed.headers) as Header[],
        native: JSON.parse(claimed.native) as Native,
      },
      cut,
    );
  } catch (error) {
    // a destination must not throw; when it does, nobody knows what was sent
    log.error({ route: route.name, err: error }, "a destination threw");
    const message = error instanceof Error ? error.message : String(error);
    return { status: "unknown", error: { code: "internal", status: null, type: null, message, stack: null, retryAfterMs: null }, answer: null };
  }
}
