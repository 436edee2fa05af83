import type { Custody } from "#core/brokers/manifest.ts";
import type { FaultCode } from "#core/fault.ts";
import { routeDefinition, type RouteDefinition } from "#core/route/definition.ts";
import type { Sql } from "../client.ts";
import { notify } from "../listen.ts";

/** A source as the workers capture from it. */
export type CapturedSource = {
  readonly id: string;
  readonly name: string;
  readonly connectionId: string;
  /** JSON text of the adapter's source. */
  readonly source: string;
  readonly cursor: string | null;
  readonly custody: Custody;
  /** The route that takes from it; null for a source of dead letters. */
  readonly route: SourceRoute | null;
};

/** What taking messages for a route has to know of it. */
type SourceRoute = {
  readonly id: string;
  readonly definition: RouteDefinition;
  readonly ordered: boolean;
  readonly overflowAt: number | null;
};

type Row = Omit<CapturedSource, "route"> & { readonly routeId: string | null; readonly definition: string | null };

/** A source of a route whose definition this version does not understand is left alone. */
function withRoute({ routeId, definition, ...source }: Row): CapturedSource[] {
  if (routeId === null || definition === null) return [{ ...source, route: null }];
  const read = routeDefinition.safeParse(JSON.parse(definition));
  if (!read.success) return [];
  const { ordered, limits } = read.data;
  return [{ ...source, route: { id: routeId, definition: read.data, ordered: ordered !== null, overflowAt: limits.whenFull === "dead" ? limits.waiting : null } }];
}

const captured = (sql: Sql) => sql`
  select sources.id, sources.name, connection_id as "connectionId", source, cursor, custody, routes.id as "routeId", routes.definition
  from sources left join routes on routes.source_id = sources.id
  where capturing and (routes.id is null or (routes.state = 'running' and routes.consuming))`;

/** The sources that are to be captured; those of routes while these run and are not held. */
export async function capturingSources(sql: Sql): Promise<CapturedSource[]> {
  return (await sql<Row[]>`${captured(sql)} order by sources.id`).flatMap(withRoute);
}

/** One of them as it stands now, or null when it is no longer to be captured. */
export async function capturingSource(sql: Sql, id: string): Promise<CapturedSource | null> {
  return (await sql<Row[]>`${captured(sql)} and sources.id = ${id}`).flatMap(withRoute)[0] ?? null;
}

/** Says on the source what keeps it from being captured; null clears it. */
export async function setSourceFault(sql: Sql, id: string, fault: { code: FaultCode; detail: string } | null): Promise<void> {
  const rows = await sql`
    update sources set fault_code = ${fault?.code ?? null}, fault_detail = ${fault?.detail ?? null},
      fault_at = case when ${fault === null} then null else coalesce(fault_at, now()) end
    where id = ${id} and (fault_code, fault_detail) is distinct from (${fault?.code ?? null}, ${fault?.detail ?? null})
    returning 1`;
  if (rows.length > 0) await notify(sql, ["sources"]);
}
