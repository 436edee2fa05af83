import { randomUUID } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { SILENT } from "#core/decoders/base-form.ts";
import type { Header } from "#core/message/header.ts";
import { text } from "#core/message/header.ts";
import type { DeathReason, NormalForm } from "#core/message/normal-form.ts";
import type { Native } from "#core/message/raw.ts";
import type { MessageState } from "#core/message/state.ts";
import type { Db } from "#db/client.ts";
import { bodies, captureBatches, connections, deaths, events, groups, messages, sources } from "#db/schema/index.ts";

/** Where messages of a test die. */
export type Place = { readonly connectionId: string; readonly sourceId: string; readonly groupId: string; readonly errorType: string | null; readonly queue: string; readonly batchId: number };

type PlaceSpec = { connection?: string; queue?: string; errorType?: string | null; title?: string; reason?: DeathReason };

/** A connection, a source and a group; a connection of that name is used again. */
export async function insertPlace(db: Db, spec: PlaceSpec = {}): Promise<Place> {
  const queue = spec.queue ?? `orders-${randomUUID().slice(0, 8)}.dlq`;
  const [connection] = await db
    .insert(connections)
    .values({ name: spec.connection ?? "Production", kind: "rabbitmq", settings: "{}", secrets: "", managedBy: "screen", state: "up" })
    .onConflictDoUpdate({ target: connections.name, set: { state: "up" } })
    .returning({ id: connections.id });
  const [source] = await db
    .insert(sources)
    .values({ connectionId: connection!.id, name: queue, source: JSON.stringify({ queue, type: "classic" }), custody: "taken", managedBy: "screen", capturing: true })
    .onConflictDoUpdate({ target: [sources.connectionId, sources.name], set: { capturing: true } })
    .returning({ id: sources.id });
  const groupId = await insertGroup(db, source!.id, spec);
  const [batch] = await db
    .insert(captureBatches)
    .values({ sourceId: source!.id, worker: "test", count: 0, acceptedAt: new Date() })
    .returning({ id: captureBatches.id });
  return { connectionId: connection!.id, sourceId: source!.id, groupId, errorType: spec.errorType ?? null, queue, batchId: batch!.id };
}

async function insertGroup(db: Db, sourceId: string, spec: PlaceSpec): Promise<string> {
  const [group] = await db
    .insert(groups)
    .values({
      sourceId,
      fingerprint: spec.errorType ?? spec.title ?? randomUUID(),
      title: spec.title ?? (spec.errorType ? `${spec.errorType} at charge()` : "rejected"),
      errorType: spec.errorType ?? null,
      reason: spec.reason ?? "rejected",
      deaths: 0,
      firstSeenAt: new Date(),
      lastSeenAt: new Date(),
    })
    .onConflictDoUpdate({ target: [groups.sourceId, groups.fingerprint], set: { lastSeenAt: new Date() } })
    .returning({ id: groups.id });
  return group!.id;
}

/** What of a message matters to a test; the rest is filled in. */
export type MessageSpec = {
  id?: string;
  state?: MessageState;
  body?: Buffer;
  headers?: readonly Header[];
  native?: Native;
  normal?: Partial<NormalForm>;
  errorType?: string | null;
  errorMessage?: string | null;
  stack?: string | null;
  key?: string | null;
  origin?: string;
  reason?: DeathReason;
  attempts?: number | null;
  contentType?: string | null;
  diedAt?: Date;
};

const nativeOf = (place: Place, spec: MessageSpec): Native => ({
  transport: "amqp-0.9.1",
  queue: place.queue,
  exchange: "dlx",
  routingKey: place.queue,
  redelivered: false,
  properties: { contentType: spec.contentType ?? "application/json", deliveryMode: 2, messageId: randomUUID() },
});

function normalOf(spec: MessageSpec, origin: string, diedAt: Date): NormalForm {
  return {
    ...SILENT,
    rule: "rabbitmq-x-death",
    origin: { kind: "rabbitmq", queue: origin, exchange: "orders", routingKey: "order.created" },
    reason: spec.reason ?? "rejected",
    reasonRaw: spec.reason ?? "rejected",
    attempts: spec.attempts === undefined ? 1 : spec.attempts,
    firstFailedAt: new Date(diedAt.getTime() - 60_000).toISOString(),
    lastFailedAt: diedAt.toISOString(),
    error: spec.errorType == null ? null : { type: spec.errorType, message: spec.errorMessage ?? null, stack: spec.stack ?? null },
    key: spec.key == null ? null : { utf8: spec.key },
    ...spec.normal,
  };
}

const CHUNK = 500;

/** Stores messages as capture would, in this order: the last one is the newest. Answers their ids. */
export async function insertMessages(db: Db, place: Place, specs: readonly MessageSpec[]): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < specs.length; start += CHUNK) ids.push(...(await insertChunk(db, place, specs.slice(start, start + CHUNK))));
  return ids;
}

/** Stores one message. Answers its id. */
export async function insertMessage(db: Db, place: Place, spec: MessageSpec = {}): Promise<string> {
  return (await insertMessages(db, place, [spec]))[0]!;
}

async function insertChunk(db: Db, place: Place, specs: readonly MessageSpec[]): Promise<string[]> {
  // as capture does it: an error of another type is another group
  const groupIds = new Map([[place.errorType, place.groupId]]);
  const typed = specs.map((spec) => ({ errorType: place.errorType, ...spec }));
  for (const { errorType } of typed)
    if (!groupIds.has(errorType)) groupIds.set(errorType, await insertGroup(db, place.sourceId, { errorType, title: errorType ?? "rejected" }));
  const rows = typed.map((spec) => rowsOf({ ...place, groupId: groupIds.get(spec.errorType)! }, spec));
  const deathsBy = Map.groupBy(rows, ({ message }) => message.groupId);
  await db.transaction(async (tx) => {
    await tx.insert(bodies).values(rows.map(({ body }) => body));
    await tx.insert(deaths).values(rows.map(({ death }) => death));
    await tx.insert(messages).values(rows.map(({ message }) => message));
    await tx.insert(events).values(rows.map(({ message }) => ({ messageId: message.id, at: message.lastDeathAt, actor: "worker", to: "dead" as const, cause: "captured" })));
    for (const [id, died] of deathsBy) await tx.update(groups).set({ deaths: sql`${groups.deaths} + ${died.length}` }).where(eq(groups.id, id));
  });
  return rows.map(({ message }) => message.id);
}

function rowsOf(place: Place, spec: MessageSpec) {
  const [id, deathId, bodyId] = [spec.id ?? randomUUID(), randomUUID(), randomUUID()];
  const body = spec.body ?? Buffer.from(`{"orderId":"${id}","total":12.50}`);
  const headers = spec.headers ?? [text("x-first-death-queue", "orders"), text("tenant", "acme")];
  const origin = spec.origin ?? place.queue.replace(/\.dlq$/, "");
  const diedAt = spec.diedAt ?? new Date();
  const reason = spec.reason ?? "rejected";
  const search = [spec.errorType, spec.errorMessage, spec.key, origin, ...headers.map(({ value }) => (value.t === "text" ? value.v : ""))];
  return {
    body: { id: bodyId, bytes: body },
    death: {
      id: deathId,
      messageId: id,
      number: 1,
      sourceId: place.sourceId,
      batchId: place.batchId,
      identity: `=${deathId}`,
      capturedAt: diedAt,
      bodyId,
      size: body.length,
      headers: JSON.stringify(headers),
      native: JSON.stringify(spec.native ?? nativeOf(place, spec)),
      normal: JSON.stringify(normalOf(spec, origin, diedAt)),
      reason,
    },
    message: {
      id,
      position: sql<number>`nextval('message_position')`,
      connectionId: place.connectionId,
      sourceId: place.sourceId,
      groupId: place.groupId,
      state: spec.state ?? ("dead" as const),
      deaths: 1,
      lastDeathId: deathId,
      bodyId,
      size: body.length,
      rule: "rabbitmq-x-death",
      reason,
      errorType: spec.errorType ?? null,
      errorMessage: spec.errorMessage ?? null,
      origin,
      key: spec.key ?? null,
      attempts: spec.attempts === undefined ? 1 : spec.attempts,
      contentType: spec.contentType === undefined ? "application/json" : spec.contentType,
      search: search.filter((part) => part != null).join("\n").toLowerCase().slice(0, 4_000),
      firstFailedAt: new Date(diedAt.getTime() - 60_000),
      lastFailedAt: diedAt,
      capturedAt: diedAt,
      lastDeathAt: diedAt,
      changedAt: diedAt,
    },
  };
}
