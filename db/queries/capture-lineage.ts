import { sourcesOf, type MessageState } from "#core/message/state.ts";
import type { AnySql } from "../client.ts";
import type { NewDeath } from "./capture.ts";

/** A death of a message that Redrive knows already. */
export type Returned = {
  readonly messageId: string;
  readonly number: number;
  /** The resend it came back from, when that is known. */
  readonly afterAttemptId: string | null;
};

type Known = {
  readonly id: string;
  readonly state: MessageState;
  readonly deaths: number;
};

/**
 * Finds the deaths that are further deaths of known messages, and brings these messages back: dead again, in the place
 * of their newest death. Answers by death id. A stamp that names no known message is a stranger's and is ignored.
 */
export async function bringBack(
  tx: AnySql,
  deaths: readonly NewDeath[],
  groupIds: ReadonlyMap<string, string>,
): Promise<Map<string, Returned>> {
  const returned = new Map<string, Returned>();
  const named = deaths.filter((death) => death.lineage !== null);
  if (named.length === 0) return returned;
  const ofAttempt = await messagesOfAttempts(tx, named);
  const messageOf = ({ lineage }: NewDeath): string | undefined =>
    lineage === null ? undefined : "messageId" in lineage ? lineage.messageId : ofAttempt.get(lineage.attemptId);
  const known = await lockMessages(tx, named.map(messageOf).filter((id) => id !== undefined));
  const latestAttempt = await latestAttempts(tx, [...known.keys()]);
  for (const death of named) {
    const message = known.get(messageOf(death) ?? "");
    if (message === undefined) continue;
    const number = message.deaths + 1;
    known.set(message.id, { ...message, deaths: number, state: "dead" });
    const afterAttemptId =
      death.lineage !== null && "attemptId" in death.lineage ? death.lineage.attemptId : (latestAttempt.get(message.id) ?? null);
    returned.set(death.id, { messageId: message.id, number, afterAttemptId });
    await dieAgain(tx, death, message, number, groupIds.get(death.fingerprint) ?? null);
  }
  return returned;
}

async function messagesOfAttempts(tx: AnySql, deaths: readonly NewDeath[]): Promise<Map<string, string>> {
  const ids = deaths.flatMap(({ lineage }) => (lineage !== null && "attemptId" in lineage ? [lineage.attemptId] : []));
  if (ids.length === 0) return new Map();
  const rows = await tx<{ id: string; messageId: string }[]>`
    select id, message_id as "messageId" from attempts where id = any(${ids}::uuid[])`;
  return new Map(rows.map((row) => [row.id, row.messageId]));
}

async function lockMessages(tx: AnySql, ids: readonly string[]): Promise<Map<string, Known>> {
  if (ids.length === 0) return new Map();
  const rows = await tx<Known[]>`
    select id, state, deaths from messages where id = any(${[...new Set(ids)]}::uuid[]) and redrives > 0
    order by id for update`;
  return new Map(rows.map((row) => [row.id, row]));
}

async function latestAttempts(tx: AnySql, messageIds: readonly string[]): Promise<Map<string, string>> {
  if (messageIds.length === 0) return new Map();
  const rows = await tx<{ id: string; messageId: string }[]>`
    select distinct on (message_id) id, message_id as "messageId" from attempts
    where message_id = any(${[...messageIds]}::uuid[]) order by message_id, number desc`;
  return new Map(rows.map((row) => [row.messageId, row.id]));
}

async function dieAgain(tx: AnySql, death: NewDeath, message: Known, number: number, groupId: string | null): Promise<void> {
  // a message waiting for its next resend stays queued: this death is told on its timeline, the order stands
  const moves = sourcesOf("worker", "dead").includes(message.state);
  await tx`
    update messages set
      state = case when ${moves} then 'dead' else state end,
      attempt_id = case when ${moves} then null else attempt_id end,
      lease_until = case when ${moves} then null else lease_until end,
      watch_until = null, position = nextval('message_position'), group_id = ${groupId}, deaths = ${number},
      last_death_id = ${death.id}, body_id = ${death.id}, size = ${death.body.length}, rule = ${death.rule},
      reason = ${death.reason}, error_type = ${death.errorType}, error_message = ${death.errorMessage},
      origin = ${death.origin}, key = ${death.key}, attempts = ${death.attempts}, content_type = ${death.contentType},
      search = ${death.search}, last_failed_at = ${death.lastFailedAt?.toISOString() ?? null}::timestamptz,
      last_death_at = now(), changed_at = now()
    where id = ${message.id}`;
  if (!moves) return;
  await tx`
    insert into events (message_id, actor, from_state, to_state, cause)
    values (${message.id}, 'worker', ${message.state}, 'dead', 'died_again')`;
}
