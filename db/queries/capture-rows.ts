import type { AnySql } from "../client.ts";
import type { CaptureBatch, NewDeath } from "./capture.ts";
import type { Returned } from "./capture-lineage.ts";

export type Insertion = {
  readonly batch: Pick<CaptureBatch, "sourceId" | "connectionId">;
  readonly batchId: number;
  readonly groupIds: ReadonlyMap<string, string>;
  readonly returned: ReadonlyMap<string, Returned>;
};

/** Bodies, deaths and the messages that begin with them. A list of `unnest`s is read row by row, without a copy. */
export async function insertDeaths(tx: AnySql, insertion: Insertion, deaths: readonly NewDeath[]): Promise<void> {
  if (deaths.length === 0) return;
  const begun = deaths.filter(({ id }) => !insertion.returned.has(id));
  await Promise.all([
    insertBodies(tx, deaths),
    insertDeathRows(tx, insertion, deaths),
    begun.length === 0 ? null : insertMessages(tx, insertion, begun),
  ]);
}

// Large columns travel as one text each, which Postgres splits: an array would have every quote in them escaped.

/** For `decode(unnest(string_to_array(..., ',')), 'base64')`. A blank first, which decoding passes over: one empty body would else be no text, and no text is no element. */
export const bodyTexts = (deaths: readonly { readonly body: Uint8Array }[]): string =>
  ` ${deaths.map(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64")).join(",")}`;

/** No JSON text has a bare control character in it. */
export const BETWEEN_JSON = "\u001e";

/** `=<id>`, or `<hash>:<uuid>` where the broker gives no id; `=` and `:` keep the two apart. */
export const identityText = (death: Pick<NewDeath, "id" | "identity">): string =>
  death.identity.kind === "exact" ? `=${death.identity.id}` : `${death.identity.hash}:${death.id}`;

async function insertBodies(tx: AnySql, deaths: readonly NewDeath[]): Promise<void> {
  await tx`
    insert into bodies (id, bytes)
    select unnest(${deaths.map((d) => d.id)}::uuid[]),
      decode(unnest(string_to_array(${bodyTexts(deaths)}, ',')), 'base64')`;
}

async function insertDeathRows(
  tx: AnySql,
  { batch, batchId, returned }: Insertion,
  deaths: readonly NewDeath[],
): Promise<void> {
  const column = <T>(of: (death: NewDeath) => T): T[] => deaths.map(of);
  const json = (of: (death: NewDeath) => string): string => deaths.map(of).join(BETWEEN_JSON);
  await tx`
    insert into deaths (id, message_id, number, source_id, batch_id, identity, captured_at, body_id, size, headers,
      native, normal, reason, after_attempt_id)
    select id, message_id, number, ${batch.sourceId}::uuid, ${batchId}, identity, now(), id, size, headers,
      native, normal, reason, after_attempt_id
    from (select
      unnest(${column((d) => d.id)}::uuid[]) as id,
      unnest(${column((d) => returned.get(d.id)?.messageId ?? d.id)}::uuid[]) as message_id,
      unnest(${column((d) => returned.get(d.id)?.number ?? 1)}::int[]) as number,
      unnest(${column((d) => returned.get(d.id)?.afterAttemptId ?? null)}::uuid[]) as after_attempt_id,
      unnest(${column(identityText)}::text[]) as identity,
      unnest(${column((d) => d.body.length)}::int[]) as size,
      unnest(string_to_array(${json((d) => d.headers)}, ${BETWEEN_JSON})) as headers,
      unnest(string_to_array(${json((d) => d.native)}, ${BETWEEN_JSON})) as native,
      unnest(string_to_array(${json((d) => d.normal)}, ${BETWEEN_JSON})) as normal,
      unnest(${column((d) => d.reason)}::text[]) as reason) as new`;
}

/** In the order of the deaths: the positions follow it. */
async function insertMessages(tx: AnySql, { batch, groupIds }: Insertion, deaths: readonly NewDeath[]): Promise<void> {
  const column = <T>(of: (death: NewDeath) => T): T[] => deaths.map(of);
  await tx`
    insert into messages (id, position, connection_id, source_id, group_id, state, deaths, last_death_id, body_id, size,
      rule, reason, error_type, error_message, origin, key, attempts, content_type, search, first_failed_at,
      last_failed_at, captured_at, last_death_at, changed_at)
    select id, nextval('message_position'), ${batch.connectionId}::uuid, ${batch.sourceId}::uuid, group_id, 'dead', 1, id, id,
      size, rule, reason, error_type, error_message, origin, key, attempts, content_type, search, first_failed_at,
      last_failed_at, now(), now(), now()
    from (select
      unnest(${column((d) => d.id)}::uuid[]) as id,
      unnest(${column((d) => groupIds.get(d.fingerprint) ?? null)}::uuid[]) as group_id,
      unnest(${column((d) => d.body.length)}::int[]) as size,
      unnest(${column((d) => d.rule)}::text[]) as rule,
      unnest(${column((d) => d.reason)}::text[]) as reason,
      unnest(${column((d) => d.errorType)}::text[]) as error_type,
      unnest(${column((d) => d.errorMessage)}::text[]) as error_message,
      unnest(${column((d) => d.origin)}::text[]) as origin,
      unnest(${column((d) => d.key)}::text[]) as key,
      unnest(${column((d) => d.attempts)}::int[]) as attempts,
      unnest(${column((d) => d.contentType)}::text[]) as content_type,
      unnest(${column((d) => d.search)}::text[]) as search,
      unnest(${column((d) => d.firstFailedAt?.toISOString() ?? null)}::timestamptz[]) as first_failed_at,
      unnest(${column((d) => d.lastFailedAt?.toISOString() ?? null)}::timestamptz[]) as last_failed_at) as new`;
}
