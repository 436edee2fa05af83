import type { FaultCode } from "#core/fault.ts";
import type { PublicationState } from "#core/publication.ts";
import type { AnySql } from "../client.ts";

export type Publication = {
  readonly id: string;
  readonly state: PublicationState;
  readonly requestHash: string;
  readonly receipt: string | null;
  readonly faultCode: FaultCode | null;
  readonly faultDetail: string | null;
};

export type NewPublication = {
  readonly id: string;
  readonly apiKeyId: string;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  readonly connectionId: string;
  /** JSON text. */
  readonly target: string;
  /** JSON text. */
  readonly headers: string;
  readonly contentType: string | null;
  readonly key: string | null;
  readonly body: Buffer;
};

/** Writes a publication down, unless one of its idempotency key is there: false then. The unique constraint decides. */
export async function insertPublication(sql: AnySql, { id, apiKeyId, idempotencyKey, requestHash, connectionId, target, headers, contentType, key, body }: NewPublication): Promise<boolean> {
  const rows = await sql`
    insert into publications (id, api_key_id, idempotency_key, request_hash, connection_id, target, headers, content_type, key, body, size)
    values (${id}, ${apiKeyId}, ${idempotencyKey}, ${requestHash}, ${connectionId}, ${target}, ${headers}, ${contentType}, ${key}, ${body}, ${body.length})
    on conflict (api_key_id, idempotency_key) do nothing returning id`;
  return rows.length === 1;
}

const SHOWN = (sql: AnySql) => sql`id, state, request_hash as "requestHash", receipt, fault_code as "faultCode", fault_detail as "faultDetail"`;

/** What an idempotency key of this API key stands for, or null. */
export async function publicationOfKey(sql: AnySql, apiKeyId: string, idempotencyKey: string): Promise<Publication | null> {
  const [row] = await sql<Publication[]>`select ${SHOWN(sql)} from publications where api_key_id = ${apiKeyId} and idempotency_key = ${idempotencyKey}`;
  return row ?? null;
}

/** A publication of this API key, or null: another's does not exist for it. */
export async function getPublication(sql: AnySql, apiKeyId: string, id: string): Promise<Publication | null> {
  const [row] = await sql<Publication[]>`select ${SHOWN(sql)} from publications where api_key_id = ${apiKeyId} and id = ${id}`;
  return row ?? null;
}
