import { manifests } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { text } from "#core/message/header.ts";
import { publicationRequest, type PublicationRequest } from "#core/publication.ts";
import type { Database } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { newId } from "#db/new-id.ts";
import { connectionNamed } from "#db/queries/connections-web.ts";
import { insertPublication, publicationOfKey, type Publication } from "#db/queries/publications-web.ts";

/** Bytes of a message's body. */
const MAX_BODY = 16 * 1024 * 1024;

export type Publish = {
  readonly apiKeyId: string;
  readonly idempotencyKey: string | null;
  /** The request's body as it came. */
  readonly request: Buffer;
  /** SHA-256 of it, hex: what a repeat is compared by. */
  readonly requestHash: string;
  /** Throws Failure when the idempotency key may not be used for a first time. */
  readonly checkFirstUse: () => void;
};

/** What a request came to: a new publication, or the one of an earlier request with its key. */
export type Published = { readonly first: boolean; readonly id: string };

/**
 * Writes down what a program wants published; a worker publishes it. Of equal requests under one key, at whatever moment, one is
 * written. Throws Failure: `invalid` with the field at fault, `not_found`, `conflict` for another request under the same key.
 */
export async function publishMessage({ db, sql }: Pick<Database, "db" | "sql">, { apiKeyId, idempotencyKey, request, requestHash, checkFirstUse }: Publish): Promise<Published> {
  const earlier = idempotencyKey === null ? null : await publicationOfKey(sql, apiKeyId, idempotencyKey);
  if (earlier !== null) return repeated(earlier, requestHash);
  checkFirstUse();
  const given = readRequest(request);
  const connection = await connectionNamed(db, given.connection);
  if (connection === null) throw new Failure("not_found", `There is no connection ${given.connection}.`, "connection");
  const id = newId();
  const written = await insertPublication(sql, {
    id,
    apiKeyId,
    idempotencyKey,
    requestHash,
    connectionId: connection.id,
    target: targetOf(connection.kind, given.target),
    headers: JSON.stringify(given.headers.map(([name, value]) => text(name, value))),
    contentType: given.contentType ?? null,
    key: given.key ?? null,
    body: bodyOf(given),
  });
  if (written) {
    await notify(sql, ["publications"]);
    return { first: true, id };
  }
  // another request of this key came between
  const winner = idempotencyKey === null ? null : await publicationOfKey(sql, apiKeyId, idempotencyKey);
  if (winner === null) throw new Error("a publication that was there is gone");
  return repeated(winner, requestHash);
}

function repeated(earlier: Publication, requestHash: string): Published {
  sameRequest(earlier, requestHash);
  return { first: false, id: earlier.id };
}

/** Throws the `conflict` of a key that stands for another request than this one. */
export function sameRequest(earlier: Publication, requestHash: string): void {
  if (earlier.requestHash !== requestHash) throw new Failure("conflict", "This Idempotency-Key was used for another request. A key stands for one request, byte for byte.", "Idempotency-Key");
}

function readRequest(request: Buffer): PublicationRequest {
  let json: unknown;
  try {
    json = JSON.parse(request.toString("utf8"));
  } catch {
    throw new Failure("invalid", "The request's body is no JSON.");
  }
  const read = publicationRequest.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  throw new Failure("invalid", `${issue?.path.join(".") || "request"}: ${issue?.message ?? "not as it should be"}`, issue?.path.join(".") ?? null);
}

function targetOf(kind: keyof typeof manifests, given: Readonly<Record<string, unknown>>): string {
  const read = manifests[kind].target.safeParse({ ...given, kind });
  if (read.success) return JSON.stringify(read.data);
  const issue = read.error.issues[0];
  const path = ["target", ...(issue?.path ?? [])].join(".");
  throw new Failure("invalid", `${path}: ${issue?.message ?? "not as it should be"}`, path);
}

function bodyOf({ body, bodyBase64 }: PublicationRequest): Buffer {
  const bytes = bodyBase64 === undefined ? Buffer.from(body ?? "") : bytesOfBase64(bodyBase64);
  if (bytes === null) throw new Failure("invalid", "bodyBase64: no base64", "bodyBase64");
  if (bytes.length > MAX_BODY) throw new Failure("invalid", "The message's body is larger than 16 MiB.", "body");
  return Buffer.from(bytes);
}
