import type { BrokerKind } from "#core/brokers/index.ts";
import { sourceName } from "#core/brokers/source-name.ts";
import type { ConfiguredConnection, ConfiguredSource, RedriveConfig } from "#core/config/check.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { publicHalf, seal, unseal } from "../secrets.ts";
import { applyRoutes } from "./apply-routes.ts";

/** Who gave the consents that stand in the file. */
const FILE = "redrive.yaml";

export type Applied = {
  /** Sources that the file no longer names: they are kept with their messages, and no longer captured. */
  readonly dropped: readonly string[];
  /** Routes that the file no longer names: they are kept with what waits in them, and paused. */
  readonly pausedRoutes: readonly string[];
};

/**
 * Makes connections, sources and routes as the file says, in one transaction. What is not in the file and was made on the screen
 * is left alone. `privateKey` opens the stored secrets, to see whether they changed. Throws with a sentence for a person where a queue
 * would have two readers.
 */
export async function applyConfig(sql: Sql, config: Pick<RedriveConfig, "connections" | "sources"> & Partial<Pick<RedriveConfig, "routes">>, privateKey: string): Promise<Applied> {
  return sql.begin(async (tx) => {
    const connections = new Map<string, { id: string; kind: BrokerKind }>();
    for (const connection of config.connections) connections.set(connection.name, { id: await applyConnection(tx, connection, privateKey), kind: connection.kind });
    const kept: string[] = [];
    for (const source of config.sources) {
      const connection = connections.get(source.connection);
      if (connection === undefined) throw new Error(`the source names no connection of the file: ${source.connection}`);
      kept.push(await applySource(tx, source, connection.id, sourceName(connection.kind, source.source as never)));
    }
    await refuseRouted(tx, kept);
    const routes = await applyRoutes(tx, config.routes ?? [], connections);
    kept.push(...routes.sources);
    const dropped = await tx<{ name: string; routed: boolean }[]>`
      update sources set capturing = false, managed_by = 'screen'
      where managed_by = 'file' and id <> all(${kept}::uuid[])
      returning name, exists (select 1 from routes where source_id = sources.id) as routed`;
    const ids = [...connections.values()].map(({ id }) => id);
    await tx`update connections set managed_by = 'screen' where managed_by = 'file' and id <> all(${ids}::uuid[])`;
    await notify(tx, ["connections", "sources", "routes", "deliveries"]);
    return { dropped: dropped.flatMap(({ name, routed }) => (routed ? [] : [name])), pausedRoutes: routes.dropped };
  }) as Promise<Applied>;
}

/** A queue has one reader. */
async function refuseRouted(tx: AnySql, sourceIds: readonly string[]): Promise<void> {
  const [routed] = await tx<{ queue: string; route: string }[]>`
    select s.name as queue, r.name as route from routes r join sources s on s.id = r.source_id where s.id = any(${[...sourceIds]}::uuid[])`;
  if (routed !== undefined) throw new Error(`redrive.yaml: ${routed.queue} is read by the route ${routed.route}; remove that before it is a source.`);
}

async function applyConnection(tx: AnySql, { name, kind, settings, secrets }: ConfiguredConnection, privateKey: string): Promise<string> {
  const wanted = { settings: JSON.stringify(settings), secrets: JSON.stringify(secrets) };
  const [stored] = await tx<{ id: string; kind: string; settings: string; secrets: string }[]>`
    select id, kind, settings, secrets from connections where name = ${name} for update`;
  const sealed = () => seal(publicHalf(privateKey), wanted.secrets);
  if (stored === undefined) {
    const [row] = await tx<{ id: string }[]>`
      insert into connections (name, kind, settings, secrets, managed_by)
      values (${name}, ${kind}, ${wanted.settings}, ${sealed()}, 'file') returning id`;
    return row?.id ?? "";
  }
  const same = stored.kind === kind && stored.settings === wanted.settings && opens(privateKey, stored.secrets) === wanted.secrets;
  if (same) await tx`update connections set managed_by = 'file' where id = ${stored.id}`;
  else
    await tx`
      update connections set kind = ${kind}, settings = ${wanted.settings}, secrets = ${sealed()}, managed_by = 'file',
        revision = revision + 1 where id = ${stored.id}`;
  return stored.id;
}

function opens(privateKey: string, sealed: string): string | null {
  try {
    return unseal(privateKey, sealed);
  } catch {
    return null;
  }
}

async function applySource(tx: AnySql, source: ConfiguredSource, connectionId: string, name: string): Promise<string> {
  const consent = source.custody === "taken" && source.consent ? FILE : null;
  const [row] = await tx<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at, watch_seconds)
    values (${connectionId}, ${name}, ${JSON.stringify(source.source)}, ${source.custody},
      'file', ${source.capture}, ${consent}, case when ${consent}::text is null then null else now() end, ${source.watchSeconds})
    on conflict (connection_id, name) do update set source = excluded.source, custody = excluded.custody, managed_by = 'file',
      capturing = excluded.capturing, watch_seconds = excluded.watch_seconds,
      consent_by = coalesce(sources.consent_by, excluded.consent_by), consent_at = coalesce(sources.consent_at, excluded.consent_at)
    returning id`;
  return row?.id ?? "";
}
