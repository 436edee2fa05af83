import type { Native } from "#core/message/native.ts";
import { routeDefinition, type RouteDefinitionInput } from "#core/route/definition.ts";
import type { Sql } from "#db/client.ts";
import { newId } from "#db/new-id.ts";
import { eventually } from "#test/eventually.ts";
import { bodyOf } from "./messages.ts";
import type { Source, Stand } from "./stand.ts";

/** Rows of one statement. */
const AT_ONCE = 1_000;

export type BenchRoute = { readonly routeId: string; readonly sourceId: string };

/** A running route of a queue that exists, whose source is not captured. */
export async function addRoute({ pool }: Stand, { connectionId }: Pick<Source, "connectionId">, queue: string, definition: RouteDefinitionInput): Promise<BenchRoute> {
  const [source] = await pool.sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at)
    values (${connectionId}, ${queue}, ${JSON.stringify({ queue, type: "quorum" })}, 'taken', 'screen', false, 'bench', now()) returning id`;
  const sourceId = source?.id ?? "";
  const [route] = await pool.sql<{ id: string }[]>`
    insert into routes (name, source_id, definition, state)
    values (${queue}, ${sourceId}, ${JSON.stringify(routeDefinition.parse(definition))}, 'running') returning id`;
  return { routeId: route?.id ?? "", sourceId };
}

const NATIVE: Native = { transport: "amqp-0.9.1", queue: "bench", exchange: "", routingKey: "bench", redelivered: false, properties: { contentType: "application/json", deliveryMode: 2 } };

/** Deliveries as a route's capture stores them, the messages `from` and the `count - 1` after it, which become due at `due`. */
export async function putDeliveries(sql: Sql, routeId: string, { from, count, due }: { from: number; count: number; due: Date }): Promise<void> {
  for (let at = 0; at < count; at += AT_ONCE) {
    const bodies = Array.from({ length: Math.min(AT_ONCE, count - at) }, (_, i) => bodyOf(from + at + i));
    const ids = bodies.map(() => newId());
    await sql.begin(async (tx) => {
      await tx`
        insert into delivery_contents (id, body, headers, native)
        select id, decode(body, 'base64'), '[]', ${JSON.stringify(NATIVE)}
        from unnest(${ids}::uuid[], ${bodies.map((body) => body.toString("base64"))}::text[]) as t (id, body)`;
      await tx`
        insert into deliveries (id, route_id, position, state, due_at, next_trigger, size)
        select id, ${routeId}, nextval('delivery_position'), 'pending', ${due}, 'first', ${bodies[0]?.length ?? 0} from unnest(${ids}::uuid[]) as t (id)`;
    });
  }
}

/** Forgets all deliveries and begins a fresh checkpoint. */
export async function clearDeliveries(sql: Sql): Promise<void> {
  // one at a time: all in one statement would meet a worker's locks in another order
  for (const table of ["deliveries", "delivery_contents", "delivery_attempts", "delivery_identities", "route_minutes"]) await sql.unsafe(`truncate ${table}`);
  await sql`checkpoint`;
}

/**
 * Waits until `count` deliveries of these routes have succeeded. Answers the seconds from the first claim to the last verdict's
 * transaction, by Postgres's clock. Throws unless there is exactly one confirmed try on record for each.
 */
export async function allDelivered(sql: Sql, routeIds: readonly string[], count: number): Promise<number> {
  await eventually(
    async () => {
      const [row] = await sql<{ done: number }[]>`select count(*)::int as done from deliveries where route_id = any(${[...routeIds]}::uuid[]) and state = 'succeeded'`;
      if (row?.done !== count) throw new Error(`${row?.done} of ${count} are delivered`);
    },
    { timeoutMs: 120_000, intervalMs: 100 },
  );
  const [row] = await sql<{ tries: number; tried: number; confirmed: number; seconds: number }[]>`
    select count(*)::int as tries, count(distinct delivery_id)::int as tried, count(*) filter (where outcome = 'confirmed')::int as confirmed,
      extract(epoch from max(finished_at) - min(started_at))::float8 as seconds, array_agg(distinct error_code || ': ' || error_message) as errors
    from delivery_attempts where route_id = any(${[...routeIds]}::uuid[])`;
  if (row?.tries !== count || row.tried !== count || row.confirmed !== count) throw new Error(`${JSON.stringify(row)}: not one confirmed try for each of ${count}`);
  return row.seconds;
}
