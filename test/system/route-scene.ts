import { routeDefinition, type RouteDefinitionInput } from "#core/route/definition.ts";
import type { Scene } from "./scene.ts";

/** Makes the scene's work queue the source of a route. Answers its id. */
export async function addRoute({ pool, connectionId, work }: Scene, definition: RouteDefinitionInput, type = "quorum"): Promise<{ routeId: string; sourceId: string }> {
  const [source] = await pool.sql<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at)
    values (${connectionId}, ${work}, ${JSON.stringify({ queue: work, type })}, 'taken', 'screen', true, 'test', now()) returning id`;
  const sourceId = source?.id ?? "";
  const [route] = await pool.sql<{ id: string }[]>`
    insert into routes (name, source_id, definition, state)
    values (${work}, ${sourceId}, ${JSON.stringify(routeDefinition.parse(definition))}, 'running') returning id`;
  return { routeId: route?.id ?? "", sourceId };
}

export type DeliveryRow = {
  readonly id: string;
  readonly state: string;
  readonly tries: number;
  readonly deadCause: string | null;
  readonly body: string;
  readonly messageId: string | null;
};

/** Every delivery of a route, in order of arrival. */
export const deliveriesOf = ({ pool }: Scene, routeId: string): Promise<DeliveryRow[]> => pool.sql<DeliveryRow[]>`
  select d.id, state, tries, dead_cause as "deadCause", convert_from(c.body, 'utf8') as body, message_id as "messageId"
  from deliveries d left join delivery_contents c on c.id = d.id where route_id = ${routeId} order by position`;

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
