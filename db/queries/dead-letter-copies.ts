import { pgSafe } from "#core/message/pg-text.ts";
import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";

const MAX_REASON = 1_000;

/** Says of dead letters what became of their copies in a broker's queue. */
export async function insertCopyEvents(sql: Sql, told: readonly { readonly messageId: string; readonly reason: string }[]): Promise<void> {
  await sql`
    insert into events (message_id, actor, from_state, to_state, cause, reason)
    select unnest(${told.map(({ messageId }) => messageId)}::uuid[]), 'worker', 'dead', 'dead', 'dead_letter_copy',
      unnest(${told.map(({ reason }) => pgSafe(reason, MAX_REASON))}::text[])`;
  await notify(sql, ["messages"]);
}
