import { Failure } from "#core/failure.ts";
import type { RouteDefinition } from "#core/route/definition.ts";
import { destinationKey } from "#core/route/destination-key.ts";
import { durationQuantile } from "#core/route/durations.ts";
import { DELIVERY_STATES, UNFINISHED } from "#core/route/state.ts";
import type { Db } from "#db/client.ts";
import { connectionNames, getRoute, listRoutes } from "#db/queries/routes-web.ts";
import { countDeliveries, countOpen, readBreakers, routeHours, type RouteHour } from "#db/queries/route-numbers.ts";
import { isoTimes } from "../iso-times.ts";

const ZERO = { count: 0, capped: false };

/** Every route with what it did in the last hour and what waits in it. */
export async function routesOverview(db: Db) {
  const routes = await listRoutes(db);
  const ids = routes.map(({ id }) => id);
  const [hours, counts, open, breakers, names] = await Promise.all([
    routeHours(db, ids),
    countDeliveries(db, ids, UNFINISHED),
    countOpen(db, routes.map(({ sourceId }) => sourceId)),
    readBreakers(db, routes.map(({ definition }) => destinationKey(definition.destination))),
    connectionNames(db),
  ]);
  return routes.map(({ definition, ...route }) => ({
    ...isoTimes(route),
    destination: destinationWords(definition, names),
    waiting: counts.get(route.id)?.pending ?? ZERO,
    delivering: counts.get(route.id)?.delivering ?? ZERO,
    retrying: counts.get(route.id)?.retrying ?? ZERO,
    /** Dead letters that wait for a person. */
    dead: open.get(route.sourceId) ?? ZERO,
    breaker: definition.breaker === null ? null : breakerOf(breakers.get(destinationKey(definition.destination))),
    ...hourOf(hours.get(route.id)),
  }));
}

/** One route with its numbers. Throws Failure `not_found`. */
export async function routeDetail(db: Db, id: string) {
  const route = await getRoute(db, id);
  if (route === null) throw new Failure("not_found", "There is no such route; it may have been removed.", "id");
  const key = destinationKey(route.definition.destination);
  const [counts, open, breakers, names] = await Promise.all([countDeliveries(db, [id], DELIVERY_STATES), countOpen(db, [route.sourceId]), readBreakers(db, [key]), connectionNames(db)]);
  return {
    ...isoTimes({ ...route, definition: null }),
    definition: route.definition,
    destination: destinationWords(route.definition, names),
    destinationKey: key,
    counts: Object.fromEntries(DELIVERY_STATES.map((state) => [state, counts.get(id)?.[state] ?? ZERO])) as Record<(typeof DELIVERY_STATES)[number], typeof ZERO>,
    dead: open.get(route.sourceId) ?? ZERO,
    breaker: route.definition.breaker === null ? null : breakerOf(breakers.get(key)),
  };
}

/** The last hour of one route, by the minute. */
export async function routeHour(db: Db, id: string) {
  return hourOf((await routeHours(db, [id])).get(id));
}

/** What a list says of a destination. `connection` is null where none is meant, or it is gone. */
function destinationWords({ destination }: RouteDefinition, names: ReadonlyMap<string, { readonly name: string }>) {
  switch (destination.kind) {
    case "http":
      return { kind: "http" as const, method: destination.method, url: destination.url };
    case "queue":
      return { kind: "queue" as const, connection: names.get(destination.connectionId)?.name ?? null, target: destination.target };
    case "module":
      return { kind: "module" as const, file: destination.file };
  }
}

type Breaker = NonNullable<ReturnType<Awaited<ReturnType<typeof readBreakers>>["get"]>>;

/** A breaker that never moved is closed since nobody knows when. */
const breakerOf = (row: Breaker | undefined) =>
  row === undefined
    ? { state: "closed" as const, since: null, reason: null, changedBy: null, probes: 0, probeAt: null }
    : isoTimes({ state: row.state, since: row.since, reason: row.reason, changedBy: row.changedBy, probes: row.probes, probeAt: row.probeAt });

function hourOf(hour: RouteHour | undefined) {
  const minutes = hour?.minutes ?? [];
  const sum = (part: keyof (typeof minutes)[number]): number => minutes.reduce((total, minute) => total + minute[part], 0);
  return {
    minutes,
    hour: { received: sum("received"), delivered: sum("delivered"), duplicates: sum("duplicates"), failed: sum("failed"), dead: sum("dead") },
    p50: durationQuantile(hour?.durations ?? [], 0.5),
    p99: durationQuantile(hour?.durations ?? [], 0.99),
  };
}
