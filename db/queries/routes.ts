import type { FaultCode } from "#core/fault.ts";
import { routeDefinition, type RouteDefinition } from "#core/route/definition.ts";
import type { BreakerState } from "#core/route/breaker.ts";
import type { BrokerKind } from "#core/brokers/index.ts";
import type { Custody } from "#core/brokers/manifest.ts";
import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";

/** A route as the workers deliver for it. */
export type ActiveRoute = {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly definition: RouteDefinition;
  readonly sourceId: string;
  readonly sourceName: string;
  readonly custody: Custody;
  readonly connectionId: string;
  readonly kind: BrokerKind;
  readonly running: boolean;
  readonly heldBy: "breaker" | "full" | "guard" | null;
  /** What keeps it from delivering, as it stands on the route. */
  readonly fault: FaultCode | null;
};

/**
 * Every route, those that are paused included: what they gave up still has to be made dead. One whose definition this version
 * does not understand is left out.
 */
export async function allRoutes(sql: Sql): Promise<ActiveRoute[]> {
  const rows = await sql<(Omit<ActiveRoute, "definition"> & { definition: string })[]>`
    select routes.id, routes.name, routes.version, routes.definition, sources.id as "sourceId", sources.name as "sourceName", sources.custody,
      connections.id as "connectionId", connections.kind, routes.state = 'running' as running, routes.held_by as "heldBy", routes.fault_code as fault
    from routes join sources on sources.id = routes.source_id join connections on connections.id = sources.connection_id
    order by routes.id`;
  return rows.flatMap(({ definition, ...row }) => {
    const read = routeDefinition.safeParse(JSON.parse(definition));
    return read.success ? [{ ...row, definition: read.data }] : [];
  });
}

export type Breaker = { readonly destination: string; readonly state: BreakerState; readonly due: boolean };

/** The breakers that are not closed; `due` when the next probe may go. */
export async function openBreakers(sql: Sql): Promise<Map<string, Breaker>> {
  const rows = await sql<Breaker[]>`
    select destination, state, coalesce(probe_at <= now(), false) as due from breakers where state <> 'closed'`;
  return new Map(rows.map((row) => [row.destination, row]));
}

/** Opens a closed breaker, or one whose probe failed. Answers whether this call did it. */
export async function openBreaker(sql: Sql, destination: string, { reason, seconds, probe }: { reason: string; seconds: number; probe: boolean }): Promise<boolean> {
  const rows = await sql`
    insert into breakers as b (destination, state, since, reason, changed_by, probes, probe_at)
    values (${destination}, 'open', now(), ${reason}, 'worker', 0, now() + ${seconds} * interval '1 second')
    on conflict (destination) do update set state = 'open', reason = excluded.reason, changed_by = 'worker', probe_at = excluded.probe_at,
      since = case when b.state = 'closed' then now() else b.since end, probes = case when b.state = 'closed' then 0 else b.probes + 1 end
    where b.state = ${probe ? "half_open" : "closed"}
    returning 1`;
  if (rows.length > 0) await notify(sql, ["routes"]);
  return rows.length > 0;
}

/** Takes the right to probe an open breaker whose time has come; a probe whose worker vanished is taken over after `leaseMs`. */
export async function takeProbe(sql: Sql, destination: string, leaseMs: number): Promise<{ probes: number } | null> {
  const [row] = await sql<{ probes: number }[]>`
    update breakers set state = 'half_open', probe_at = now() + ${leaseMs} * interval '1 millisecond'
    where destination = ${destination} and state <> 'closed' and probe_at <= now() returning probes`;
  return row ?? null;
}

/** A probe that was taken was not made: the next may go after `ms`. */
export async function postponeProbe(sql: Sql, destination: string, ms: number): Promise<void> {
  await sql`update breakers set state = 'open', probe_at = now() + ${ms} * interval '1 millisecond' where destination = ${destination} and state = 'half_open'`;
}

/** Closes a breaker whose probe came through, or for which nothing waits; one that a person opened meanwhile stays open. */
export async function closeBreaker(sql: Sql, destination: string, reason: string): Promise<void> {
  const rows = await sql`
    update breakers set state = 'closed', since = now(), reason = ${reason}, changed_by = 'worker', probes = 0, probe_at = null
    where destination = ${destination} and state = 'half_open' returning 1`;
  if (rows.length > 0) await notify(sql, ["routes"]);
}

/** Says whether a route's queue is consumed, and by what it is held; changes nothing that stands so already. */
export async function holdRoute(sql: Sql, id: string, heldBy: ActiveRoute["heldBy"]): Promise<void> {
  const rows = await sql`
    update routes set consuming = ${heldBy === null}, held_by = ${heldBy}
    where id = ${id} and held_by is distinct from ${heldBy} returning 1`;
  if (rows.length > 0) await notify(sql, ["routes"]);
}

/** Says on the route what keeps it from delivering; null clears it. */
export async function setRouteFault(sql: Sql, id: string, fault: { code: FaultCode; detail: string } | null): Promise<void> {
  const rows = await sql`
    update routes set fault_code = ${fault?.code ?? null}, fault_detail = ${fault?.detail ?? null},
      fault_at = case when ${fault === null} then null else coalesce(fault_at, now()) end
    where id = ${id} and (fault_code, fault_detail) is distinct from (${fault?.code ?? null}, ${fault?.detail ?? null}) returning 1`;
  if (rows.length > 0) await notify(sql, ["routes"]);
}
