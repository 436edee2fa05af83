import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { text, type Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import { bridgedHeaders } from "#core/route/bridge.ts";
import type { Settled } from "#db/queries/deliveries-verdicts.ts";
import { insertCopyEvents } from "#db/queries/dead-letter-copies.ts";
import type { ActiveRoute } from "#db/queries/routes.ts";
import type { Parts } from "./parts.ts";

const DEADLINE_MS = 10_000;

/**
 * Publishes dead letters of a route to a queue of the broker's as well, for those who look there, once they are safe in
 * Postgres. Once and no more: what became of each copy is an event of its message, and one without such an event was not
 * published for certain, since its worker died in between. Never throws.
 */
export async function copyDeadLetters(parts: Parts, route: ActiveRoute, settled: readonly Settled[]): Promise<void> {
  const { deadLetterTo } = route.definition;
  const dead = settled.filter((each) => (each.by === "try" && each.decision.to === "dead") || each.by === "doom");
  if (deadLetterTo === null || dead.length === 0) return;
  const { target, connectionId } = deadLetterTo;
  try {
    const outcomes = await publishAll(parts, connectionId, dead.map((each) => outgoingOf(route, each)), target);
    const place = JSON.stringify(target);
    const told = dead.map(({ claimed }, i) => ({ messageId: claimed.messageId ?? claimed.id, reason: inWords(place, outcomes[i]) }));
    await insertCopyEvents(parts.sql, told);
  } catch (error) {
    parts.log.warn({ route: route.name, err: error }, "what became of copies of dead letters could not be written");
  }
}

type Target = NonNullable<ActiveRoute["definition"]["deadLetterTo"]>["target"];
type Outgoing = ReturnType<typeof outgoingOf>;

async function publishAll({ sessions }: Parts, connectionId: string, outgoing: readonly Outgoing[], target: Target): Promise<readonly PublishOutcome[]> {
  try {
    const session = await sessions.get(connectionId);
    return await session.publish(outgoing, target, AbortSignal.timeout(DEADLINE_MS));
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault("internal", error instanceof Error ? error.message : String(error));
    return outgoing.map(() => ({ status: "refused", fault }));
  }
}

function outgoingOf(route: ActiveRoute, settled: Settled) {
  const { claimed } = settled;
  const native = JSON.parse(claimed.native) as Native;
  const headers = JSON.parse(claimed.headers) as Header[];
  const error = settled.by === "try" && settled.outcome.status !== "confirmed" ? settled.outcome.error : null;
  const cause = settled.by === "doom" ? settled.cause : settled.by === "try" && settled.decision.to === "dead" ? settled.decision.cause : "";
  return {
    attemptId: crypto.randomUUID(),
    body: claimed.body,
    native,
    headers: [
      ...bridgedHeaders({ headers, native, body: claimed.body }, route.definition.deadLetterTo?.target.kind ?? "rabbitmq"),
      text("redrive-route", route.name),
      text("redrive-reason", cause),
      text("redrive-attempts", String(claimed.number)),
      ...(error === null ? [] : [text("redrive-error", `${error.code}: ${error.message}`.slice(0, 1_000))]),
    ],
  };
}

function inWords(place: string, outcome: PublishOutcome | undefined): string {
  if (outcome?.status === "confirmed") return `copied to ${place}`;
  const fault = outcome?.fault ?? new Fault("internal", "the adapter gave no outcome");
  return `${outcome?.status === "refused" ? "not copied" : "perhaps copied"} to ${place}: ${fault.code}: ${fault.detail}`;
}
