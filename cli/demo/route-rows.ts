import { custodyOf } from "#core/config/custody.ts";
import type { BrokerKind } from "#core/brokers/index.ts";
import { sourceName } from "#core/brokers/source-name.ts";
import { routeDefinition, type RouteDefinitionInput } from "#core/route/definition.ts";
import type { AnySql, Sql } from "#db/client.ts";
import { notify } from "#db/listen.ts";

/** A route that the demo sets up, to a service of its own. */
export type DemoRoute = {
  readonly name: string;
  /** Name of a connection of the demo. */
  readonly connection: string;
  readonly source: Readonly<Record<string, unknown>>;
  /** What it delivers to. */
  readonly service: string;
  /** All but the destination. */
  readonly rest: Omit<RouteDefinitionInput, "destination">;
};

const WATCH_SECONDS = 60;
const CONSENT = "the demo";
const LOCAL = /^http:\/\/127\.0\.0\.1:(\d+)(?=\/)/;

type Stored = { readonly id: string; readonly definition: string };

const storedRoute = async (sql: AnySql, { name }: DemoRoute): Promise<Stored | null> =>
  (await sql<Stored[]>`select id, definition from routes where name = ${name}`)[0] ?? null;

const urlIn = (definition: string): string => (JSON.parse(definition) as { destination: { url?: string } }).destination.url ?? "";

/** The loopback port that the stored route delivers to, or 0: the service should be there again. */
export async function portOfRoute(sql: Sql, route: DemoRoute): Promise<number> {
  const stored = await storedRoute(sql, route);
  return stored === null ? 0 : Number(LOCAL.exec(urlIn(stored.definition))?.[1] ?? 0);
}

/**
 * Makes the route on the first start; later only its port is set, so that what a visitor changed or removed stays so. False
 * when there is none in the end, as without its connection.
 */
export async function settleRoute(sql: Sql, route: DemoRoute, port: number): Promise<boolean> {
  return sql.begin(async (tx) => {
    const stored = await storedRoute(tx, route);
    const settled = stored === null ? await insertRoute(tx, route, port) : await movePort(tx, stored, port);
    await notify(tx, ["routes", "sources", "queues"]);
    return settled;
  }) as Promise<boolean>;
}

async function insertRoute(tx: AnySql, { name, connection, source, service, rest }: DemoRoute, port: number): Promise<boolean> {
  const [found] = await tx<{ id: string; kind: BrokerKind }[]>`select id, kind from connections where name = ${connection}`;
  if (found === undefined) return false;
  // of a route that a visitor removed the source is left
  const [row] = await tx<{ id: string }[]>`
    insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at, watch_seconds)
    values (${found.id}, ${sourceName(found.kind, source as never)}, ${JSON.stringify(source)},
      ${custodyOf(found.kind, source as never)}, 'screen', true, ${CONSENT}, now(), ${WATCH_SECONDS})
    on conflict (connection_id, name) do nothing returning id`;
  if (row === undefined) return false;
  const definition = routeDefinition.parse({
    ...rest,
    destination: { kind: "http", url: `http://127.0.0.1:${port}/${service}/orders`, allowPrivate: ["127.0.0.0/8"], headTimeoutMs: 3_000, timeoutMs: 5_000 },
  });
  await tx`insert into routes (name, source_id, definition, state) values (${name}, ${row.id}, ${JSON.stringify(definition)}, 'running')`;
  return true;
}

async function movePort(tx: AnySql, { id, definition }: Stored, port: number): Promise<boolean> {
  const url = urlIn(definition);
  const moved = url.replace(LOCAL, `http://127.0.0.1:${port}`);
  if (moved === url) return true;
  const parsed = JSON.parse(definition) as { destination: object };
  const next = JSON.stringify({ ...parsed, destination: { ...parsed.destination, url: moved } });
  await tx`update routes set definition = ${next}, version = version + 1, changed_at = now() where id = ${id}`;
  return true;
}
