import { Failure } from "#core/failure.ts";
import { destinationKey } from "#core/route/destination-key.ts";
import type { Db, Sql, Tx } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { closeBreaker, openBreaker } from "#db/queries/breakers-web.ts";
import { countUnfinished } from "#db/queries/deliveries-web.ts";
import { deleteRoute, lockRoute, moveRoute } from "#db/queries/routes-web.ts";
import type { Actor } from "../context.ts";

const UNFINISHED_CAP = 1_000;

type Route = NonNullable<Awaited<ReturnType<typeof lockRoute>>>;

/** Locks the route, does `act` to it and writes the audit entry, in one transaction; then tells everybody. */
async function steer(db: Db, sql: Sql, actor: Actor, id: string, act: string, does: (tx: Tx, route: Route) => Promise<Record<string, unknown>>): Promise<void> {
  await db.transaction(async (tx) => {
    const route = await lockRoute(tx, id);
    if (route === null) throw new Failure("not_found", "There is no such route.", "id");
    const detail = await does(tx, route);
    await appendAudit(tx, { actorId: actor.id, actor: actor.name, act, subject: id, detail: { name: route.name, ...detail } });
  });
  await notify(sql, ["routes", "deliveries", "sources", "queues"]);
}

/** Pauses or resumes a route: neither its queue is read nor is anything delivered. A try under way is finished. */
export const steerRoute = (db: Db, sql: Sql, actor: Actor, { id, to }: { readonly id: string; readonly to: "pause" | "resume" }): Promise<void> =>
  steer(db, sql, actor, id, `route.${to}`, async (tx, route) => {
    const [from, next] = to === "pause" ? (["running", "paused"] as const) : (["paused", "running"] as const);
    if (!(await moveRoute(tx, route, from, next))) throw new Failure("conflict", `${route.name} is ${next} already.`);
    return {};
  });

/**
 * Removes a route. Its deliveries, attempts and dead letters stay until retention takes them. Throws Failure `conflict` while
 * messages wait in it: they were taken from the queue, and nobody would deliver them any more.
 */
export const removeRoute = (db: Db, sql: Sql, actor: Actor, id: string): Promise<void> =>
  steer(db, sql, actor, id, "route.remove", async (tx, route) => {
    if (route.managedBy === "file") throw new Failure("forbidden", `${route.name} comes from redrive.yaml; take it out there first.`);
    const waiting = await countUnfinished(tx, id, UNFINISHED_CAP);
    if (waiting > 0) {
      const many = waiting === UNFINISHED_CAP ? `at least ${UNFINISHED_CAP}` : String(waiting);
      throw new Failure("conflict", `${many} ${waiting === 1 ? "message waits" : "messages wait"} in ${route.name}. Let it deliver them, or give them up first. Nothing was removed.`);
    }
    await deleteRoute(tx, route);
    return { queue: route.source, definition: route.definition };
  });

/** Opens or closes the breaker of a route's destination by hand; it holds for every route that delivers there. */
export const steerBreaker = (
  db: Db,
  sql: Sql,
  actor: Actor,
  order: { readonly id: string; readonly to: "open"; readonly reason: string } | { readonly id: string; readonly to: "close" },
): Promise<void> =>
  steer(db, sql, actor, order.id, `route.breaker_${order.to}`, async (tx, route) => {
    if (route.definition.breaker === null) throw new Failure("conflict", `${route.name} has no breaker; give it one by editing the route.`);
    const destination = destinationKey(route.definition.destination);
    const moved = order.to === "open" ? await openBreaker(tx, destination, actor.name, order.reason) : await closeBreaker(tx, destination, actor.name);
    if (!moved) throw new Failure("conflict", order.to === "open" ? "It was opened by hand already." : "It is closed already.");
    return { destination, ...(order.to === "open" ? { reason: order.reason } : {}) };
  });
