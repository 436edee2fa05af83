import { sourceName } from "#core/brokers/source-name.ts";
import type { ConfiguredConnection, ConfiguredSource, RedriveConfig } from "#core/config/check.ts";
import type { AnySql, Sql } from "../client.ts";
import { notify } from "../listen.ts";
import { publicHalf, seal, unseal } from "../secrets.ts";

/** Who gave the consents that stand in the file. */
const FILE = "redrive.yaml";

export type Applied = {
  /** Sources that the file no longer names: they are kept with their messages, and no longer captured. */
  readonly dropped: readonly string[];
};

/**
 * Makes connections and sources as the file says, in one transaction. What is not in the file and was made on the screen
 * is left alone. `privateKey` opens the stored secrets, to see whether they changed.
 */
export async function applyConfig(sql: Sql, config: Pick<RedriveConfig, "connections" | "sources">, privateKey: string): Promise<Applied> {
  return sql.begin(async (tx) => {
    const ids = new Map<string, string>();
    for (const connection of config.connections) ids.set(connection.name, await applyConnection(tx, connection, privateKey));
    const kept: string[] = [];
    for (const source of config.sources) {
      const connection = config.connections.find(({ name }) => name === source.connection);
      if (connection === undefined) throw new Error(`the source names no connection of the file: ${source.connection}`);
      kept.push(await applySource(tx, source, ids.get(connection.name) ?? "", sourceName(connection.kind, source.source as never)));
    }
    const dropped = await tx<{ name: string }[]>`
      update sources set capturing = false, managed_by = 'screen'
      where managed_by = 'file' and id <> all(${kept}::uuid[]) returning name`;
    await tx`update connections set managed_by = 'screen' where managed_by = 'file' and id <> all(${[...ids.values()]}::uuid[])`;
    await notify(tx, ["connections", "sources"]);
    return { dropped: dropped.map(({ name }) => name) };
  }) as Promise<Applied>;
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
  const consent = source.taken && source.consent ? FILE : null;
  const [row] = await tx<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at, watch_seconds)
    values (${connectionId}, ${name}, ${JSON.stringify(source.source)}, ${source.taken ? "taken" : "copied"},
      'file', ${source.capture}, ${consent}, case when ${consent}::text is null then null else now() end, ${source.watchSeconds})
    on conflict (connection_id, name) do update set source = excluded.source, custody = excluded.custody, managed_by = 'file',
      capturing = excluded.capturing, watch_seconds = excluded.watch_seconds,
      consent_by = coalesce(sources.consent_by, excluded.consent_by), consent_at = coalesce(sources.consent_at, excluded.consent_at)
    returning id`;
  return row?.id ?? "";
}
