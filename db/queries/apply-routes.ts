import type { BrokerKind } from "#core/brokers/index.ts";
import { sourceName } from "#core/brokers/source-name.ts";
import { type ConfiguredRoute, withIds } from "#core/config/routes.ts";
import { redriveRoute } from "#core/decoders/redrive-route.ts";
import { routeDefinition } from "#core/route/definition.ts";
import type { AnySql } from "../client.ts";

/** Who gave the consents that stand in the file. */
const FILE = "redrive.yaml";

export type FileConnections = ReadonlyMap<string, { readonly id: string; readonly kind: BrokerKind }>;

type There = { readonly id: string; readonly managedBy: "file" | "screen"; readonly capturing: boolean; readonly routeId: string | null; readonly route: string | null; readonly routeManagedBy: "file" | "screen" | null };

/**
 * Makes routes as the file says: a route is its queue, its name and definition may change. One that was made on the screen under the same
 * name is the file's from then on. Answers the sources they read and the names of the routes that the file dropped, which are paused.
 * Throws with a sentence for a person where a queue is somebody else's; nothing is changed then.
 */
export async function applyRoutes(tx: AnySql, routes: readonly ConfiguredRoute[], connections: FileConnections): Promise<{ readonly sources: string[]; readonly dropped: string[] }> {
  const names = new Set(routes.map(({ name }) => name));
  const kept: { id: string; sourceId: string }[] = [];
  for (const route of routes) kept.push(await applyRoute(tx, route, connections, names));
  const dropped = await tx<{ name: string }[]>`
    update routes set state = 'paused', managed_by = 'screen', changed_at = now()
    where managed_by = 'file' and id <> all(${kept.map(({ id }) => id)}::uuid[]) returning name`;
  return { sources: kept.map(({ sourceId }) => sourceId), dropped: dropped.map(({ name }) => name) };
}

async function applyRoute(tx: AnySql, route: ConfiguredRoute, connections: FileConnections, names: ReadonlySet<string>): Promise<{ id: string; sourceId: string }> {
  const connection = connections.get(route.connection);
  if (connection === undefined) throw new Error(`the route names no connection of the file: ${route.connection}`);
  const queue = sourceName(connection.kind, route.source as never);
  const there = await sourceThere(tx, connection.id, queue);
  if (there !== null) await refuseForeign(tx, route, queue, there, names);
  const routeId = there?.routeId ?? null;
  const [namesake] = await tx<{ id: string }[]>`select id from routes where name = ${route.name}`;
  if (namesake !== undefined && namesake.id !== routeId) throw new Error(`${FILE}: the route ${route.name} reads another queue than ${queue}. A route keeps its queue: give this one another name.`);
  const definition = JSON.stringify(routeDefinition.parse(withIds(route.written, (name) => connections.get(name)?.id ?? "")));
  const sourceId = await writeSource(tx, route, connection.id, queue);
  const id = routeId === null ? await insertRoute(tx, route, sourceId, definition) : await updateRoute(tx, route, routeId, definition);
  await tx`update sources set capturing = (select state = 'running' from routes where id = ${id}) where id = ${sourceId}`;
  return { id, sourceId };
}

async function sourceThere(tx: AnySql, connectionId: string, queue: string): Promise<There | null> {
  const [row] = await tx<There[]>`
    select s.id, s.managed_by as "managedBy", s.capturing, r.id as "routeId", r.name as route, r.managed_by as "routeManagedBy"
    from sources s left join routes r on r.source_id = s.id
    where s.connection_id = ${connectionId} and s.name = ${queue} for update of s`;
  return row ?? null;
}

/** Throws where the queue is read by another route, or was captured from as a source of dead letters. */
async function refuseForeign(tx: AnySql, { name }: ConfiguredRoute, queue: string, there: There, names: ReadonlySet<string>): Promise<void> {
  if (there.route !== null) {
    const renamed = there.routeManagedBy === "file" && !names.has(there.route);
    if (there.route !== name && !renamed) throw new Error(`${FILE}: ${queue} is read by the route ${there.route} already, so ${name} cannot read it.`);
    return;
  }
  if (there.managedBy === "screen" && there.capturing) throw new Error(`${FILE}: ${queue} is captured as a source of dead letters; pause and clear it before the route ${name} reads it.`);
  const captured = await tx`select 1 from messages where source_id = ${there.id} and rule <> ${redriveRoute.rule} limit 1`;
  if (captured.length > 0) throw new Error(`${FILE}: Redrive holds dead letters captured from ${queue}, which would be mixed up with those of the route ${name}. Let it read another queue.`);
}

async function writeSource(tx: AnySql, { source, custody, watchSeconds }: ConfiguredRoute, connectionId: string, queue: string): Promise<string> {
  const consent = custody === "copied" ? null : FILE;
  const [row] = await tx<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at, watch_seconds)
    values (${connectionId}, ${queue}, ${JSON.stringify(source)}, ${custody}, 'file', false, ${consent},
      case when ${consent}::text is null then null else now() end, ${watchSeconds})
    on conflict (connection_id, name) do update set source = excluded.source, custody = excluded.custody, managed_by = 'file', watch_seconds = excluded.watch_seconds,
      consent_by = coalesce(sources.consent_by, excluded.consent_by), consent_at = coalesce(sources.consent_at, excluded.consent_at)
    returning id`;
  return row?.id ?? "";
}

async function insertRoute(tx: AnySql, { name, paused }: ConfiguredRoute, sourceId: string, definition: string): Promise<string> {
  const [row] = await tx<{ id: string }[]>`
    insert into routes (name, source_id, definition, state, managed_by) values (${name}, ${sourceId}, ${definition}, ${paused ? "paused" : "running"}, 'file') returning id`;
  return row?.id ?? "";
}

/** Paused and resumed is it on the screen: the file says how it begins, also when it takes the route over. */
async function updateRoute(tx: AnySql, { name, paused }: ConfiguredRoute, id: string, definition: string): Promise<string> {
  await tx`
    update routes set state = case when managed_by = 'screen' then ${paused ? "paused" : "running"} else state end, managed_by = 'file',
      version = version + case when (name, definition) is distinct from (${name}, ${definition}) then 1 else 0 end,
      changed_at = case when (name, definition) is distinct from (${name}, ${definition}) then now() else changed_at end,
      name = ${name}, definition = ${definition}
    where id = ${id}`;
  return id;
}
