import { routeDefinition, type RouteDefinitionInput } from "#core/route/definition.ts";
import type { Scene } from "./scene.ts";

/** A route of a scene, from a queue of its own. */
export type RouteOfScene = { readonly routeId: string; readonly sourceId: string; readonly queue: string };

let made = 0;

/** Declares a queue and makes it the source of a route. */
export async function addRoute({ pool, connectionId, work, channel }: Scene, definition: RouteDefinitionInput): Promise<RouteOfScene> {
  made += 1;
  const queue = `${work}.${made}`;
  await channel.assertQueue(queue, { durable: true, arguments: { "x-queue-type": "quorum" } });
  const [source] = await pool.sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at)
    values (${connectionId}, ${queue}, ${JSON.stringify({ queue, type: "quorum" })}, 'taken', 'screen', true, 'test', now()) returning id`;
  const sourceId = source?.id ?? "";
  const [route] = await pool.sql<{ id: string }[]>`
    insert into routes (name, source_id, definition, state)
    values (${queue}, ${sourceId}, ${JSON.stringify(routeDefinition.parse(definition))}, 'running') returning id`;
  return { routeId: route?.id ?? "", sourceId, queue };
}

export type DeliveryRow = {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly deadCause: string | null;
  readonly duplicateOf: string | null;
  readonly body: string;
  readonly messageId: string | null;
};

/** Every delivery of a route, in order of arrival. */
export const deliveriesOf = ({ pool }: Scene, { routeId }: RouteOfScene): Promise<DeliveryRow[]> => pool.sql<DeliveryRow[]>`
  select d.id, state, tries, dead_cause as "deadCause", duplicate_of as "duplicateOf", convert_from(c.body, 'utf8') as body, message_id as "messageId"
  from deliveries d left join delivery_contents c on c.id = d.id where route_id = ${routeId} order by position`;

/** How many deliveries of a route are in each state. */
export async function statesOf({ pool }: Scene, { routeId }: RouteOfScene): Promise<Record<string, number>> {
  const rows = await pool.sql<{ state: string; count: number }[]>`select state, count(*)::int as count from deliveries where route_id = ${routeId} group by state`;
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
}

export type AttemptRow = {
  readonly number: number;
  readonly trigger: string;
  readonly outcome: string | null;
  readonly errorCode: string | null;
  readonly decision: string | null;
  readonly decidedBy: string | null;
  readonly nextDelayMs: number | null;
};

/** The tries of one delivery, in order. */
export const attemptsOf = ({ pool }: Scene, deliveryId: string): Promise<AttemptRow[]> => pool.sql<AttemptRow[]>`
  select number, trigger, outcome, error_code as "errorCode", decision, decided_by as "decidedBy", next_delay_ms as "nextDelayMs"
  from delivery_attempts where delivery_id = ${deliveryId} order by number`;
