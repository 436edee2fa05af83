import { ruleTitle } from "#core/decoders/index.ts";
import { Failure } from "#core/failure.ts";
import type { NormalForm } from "#core/message/normal-form.ts";
import { ACTS, may, type Act, type MessageState } from "#core/message/state.ts";
import type { Db } from "#db/client.ts";
import { attemptsOf, deathsOf, entriesOf, eventsOf, getMessage, revisionsOf } from "#db/queries/message-detail.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";

type Rows<Q extends (...args: never[]) => PromiseLike<readonly unknown[]>> = IsoTimes<Awaited<ReturnType<Q>>[number]>;
type Entry<K extends string, Row> = Row & { readonly kind: K; /** ISO: when it happened. */ readonly time: string };

/** One thing that happened to a message. */
export type TimelineEntry =
  | Entry<"death", Rows<typeof deathsOf> & { /** The convention that was recognised. */ readonly rule: string }>
  | Entry<"attempt", Rows<typeof attemptsOf>>
  | Entry<"edit", Rows<typeof revisionsOf>>
  | Entry<"event", Rows<typeof eventsOf>>;

// What the cards of deaths and attempts tell already.
const TOLD_BY_DEATH = new Set(["captured", "died_again"]);

/** At the same moment an order comes before its attempt, and an attempt before the death that follows. */
const RANK = { edit: 0, event: 1, attempt: 2, death: 3 } as const;

const titleOf = (normal: string): string => ruleTitle((JSON.parse(normal) as NormalForm).rule);

/** All that happened, oldest first. */
function timelineOf(
  deaths: Rows<typeof deathsOf>[],
  attempts: Rows<typeof attemptsOf>[],
  edits: Rows<typeof revisionsOf>[],
  events: Rows<typeof eventsOf>[],
): TimelineEntry[] {
  const tried = new Set(attempts.map(({ id }) => id));
  const untold = events.filter(({ cause, attemptId }) => !TOLD_BY_DEATH.has(cause) && (attemptId === null || !tried.has(attemptId)));
  return [
    ...deaths.map((death) => Object.assign(death, { kind: "death" as const, time: death.capturedAt, rule: titleOf(death.normal) })),
    ...attempts.map((attempt) => Object.assign(attempt, { kind: "attempt" as const, time: attempt.startedAt })),
    ...edits.map((edit) => Object.assign(edit, { kind: "edit" as const, time: edit.createdAt })),
    ...untold.map((event) => Object.assign(event, { kind: "event" as const, time: event.at })),
  ].toSorted((a, b) => a.time.localeCompare(b.time) || RANK[a.kind] - RANK[b.kind]);
}

const mayActs = (state: MessageState): Record<Act, boolean> =>
  Object.fromEntries(Object.keys(ACTS).map((act) => [act, may(act as Act, state)])) as Record<Act, boolean>;

/** One message with its whole life. Throws Failure `not_found`. */
export async function messageDetail(db: Db, id: string) {
  const message = await getMessage(db, id);
  if (message === null) throw new Failure("not_found", "There is no such message; retention may have purged it.", "id");
  const [deaths, attempts, edits, events, entries] = await Promise.all([
    deathsOf(db, id),
    attemptsOf(db, id),
    revisionsOf(db, id),
    eventsOf(db, id),
    entriesOf(db, id),
  ]);
  const timeline = timelineOf(isoTimes(deaths), isoTimes(attempts), isoTimes(edits), isoTimes(events));
  return {
    ...isoTimes(message),
    may: mayActs(message.state),
    timeline,
    /** Deaths, attempts and edits that are older than what the timeline shows. */
    hidden: entries - deaths.length - attempts.length - edits.length,
  };
}
