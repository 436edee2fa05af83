import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { text, type Header } from "#core/message/header.ts";
import { routeDefinition, type RouteDefinitionInput } from "#core/route/definition.ts";
import { DURATION_BUCKETS, durationBucket } from "#core/route/durations.ts";
import { UNFINISHED, type DeliveryState } from "#core/route/state.ts";
import type { Db } from "#db/client.ts";
import { newId } from "#db/new-id.ts";
import { deliveries, deliveryAttempts, deliveryContents, routeMinutes, routes } from "#db/schema/index.ts";
import { aConnection, aSource } from "./places.ts";

/** An HTTP destination with every default. */
export const TO_HTTP: RouteDefinitionInput = { destination: { kind: "http", url: "https://fulfilment.example/orders/{/order/id}" } };

type RouteSpec = { name?: string; queue?: string; connectionId?: string; definition?: RouteDefinitionInput } & Partial<Pick<typeof routes.$inferInsert, "state" | "consuming" | "heldBy" | "faultCode" | "faultDetail" | "faultAt">>;

/** A route with a source of its own. */
export async function aRoute(db: Db, { name = `route ${randomUUID().slice(0, 8)}`, queue = `orders-${randomUUID().slice(0, 8)}`, connectionId, definition = TO_HTTP, ...over }: RouteSpec = {}) {
  const connection = connectionId ?? (await aConnection(db, { state: "up" })).id;
  const state = over.state ?? "running";
  const source = await aSource(db, connection, { name: queue, capturing: state === "running", consentBy: "The admin", consentAt: new Date() });
  const [route] = await db
    .insert(routes)
    .values({ name, sourceId: source.id, definition: JSON.stringify(routeDefinition.parse(definition)), ...over, state })
    .returning();
  return { ...route!, connectionId: connection };
}

type DeliverySpec = Partial<typeof deliveries.$inferInsert> & { body?: string; headers?: readonly Header[] };

/** A delivery of a route with its content; `receivedAt` is in its id too, as a worker makes it. */
export async function aDelivery(db: Db, routeId: string, { body = '{"order":{"id":"A-1001","lines":3}}', headers = [text("content-type", "application/json")], ...over }: DeliverySpec = {}) {
  const receivedAt = over.receivedAt ?? new Date();
  const state = over.state ?? "pending";
  const [row] = await db
    .insert(deliveries)
    .values({
      id: newId(receivedAt.getTime()),
      routeId,
      position: sql`nextval('delivery_position')` as unknown as number,
      nextTrigger: "first",
      dueAt: state === "pending" ? receivedAt : null,
      size: Buffer.byteLength(body),
      finishedAt: isUnfinished(state) ? null : new Date(),
      ...over,
      state,
      receivedAt,
    })
    .returning();
  const native = { transport: "amqp-0.9.1", queue: "orders", exchange: "", routingKey: "orders", redelivered: false, properties: { contentType: "application/json", messageId: row!.id } };
  await db.insert(deliveryContents).values({ id: row!.id, body: Buffer.from(body), headers: JSON.stringify(headers), native: JSON.stringify(native) });
  return row!;
}

const isUnfinished = (state: DeliveryState): boolean => UNFINISHED.some((each) => each === state);

/** A try of a delivery, refused with 503 unless told otherwise. */
export async function anAttempt(db: Db, delivery: { readonly id: string; readonly routeId: string }, over: Partial<typeof deliveryAttempts.$inferInsert> = {}) {
  const startedAt = over.startedAt ?? new Date();
  const durationMs = over.durationMs === undefined ? 48 : over.durationMs;
  const refused = over.outcome === undefined || over.outcome === "refused";
  const failure = { errorCode: "http_status", errorStatus: 503, errorType: null, errorMessage: "503 Service Unavailable", answerStatus: 503 } as const;
  const answer = { answerHeaders: JSON.stringify([["content-type", "text/plain"]]), answerBody: Buffer.from("upstream connect error"), answerCut: false };
  const [row] = await db
    .insert(deliveryAttempts)
    .values({
      id: newId(startedAt.getTime()),
      deliveryId: delivery.id,
      routeId: delivery.routeId,
      number: 1,
      trigger: "first",
      worker: "worker-1",
      finishedAt: durationMs === null ? null : new Date(startedAt.getTime() + durationMs),
      outcome: "refused",
      ...(refused ? { ...failure, ...answer, decision: "retrying", decidedBy: "status 503", nextDelayMs: 1_000 } : {}),
      ...over,
      startedAt,
      durationMs,
    })
    .returning();
  return row!;
}

type MinuteSpec = { ago: number; received?: number; delivered?: number; duplicates?: number; failed?: number; dead?: number; /** ms of each try. */ tries?: readonly number[] };

/** What a route did in the minute `ago` minutes back. */
export async function aMinute(db: Db, routeId: string, { ago, tries = [], ...counts }: MinuteSpec): Promise<void> {
  const durations = Array.from({ length: DURATION_BUCKETS }, () => 0);
  for (const ms of tries) durations[durationBucket(ms)]! += 1;
  await db.insert(routeMinutes).values({ routeId, minute: sql`date_trunc('minute', now()) - ${ago} * interval '1 minute'` as unknown as Date, durations, ...counts });
}

/** Many deliveries of a route in one state, without content; for lists. */
export async function someDeliveries(db: Db, routeId: string, state: DeliveryState, count: number): Promise<void> {
  const ended = !isUnfinished(state);
  await db.execute(sql`
    insert into ${deliveries} (id, route_id, position, state, due_at, tries, next_trigger, key, size, received_at, changed_at, finished_at)
    select gen_random_uuid(), ${routeId}::uuid, nextval('delivery_position'), ${state}, ${ended ? sql`null::timestamptz` : sql`now() + n * interval '1 second'`}, 1, 'automatic',
      'order-' || n, 512, now() - n * interval '1 second', now(), ${ended ? sql`now()` : sql`null::timestamptz`}
    from generate_series(0, ${count}::int - 1) n`);
}
