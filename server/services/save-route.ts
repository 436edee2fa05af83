import { Failure } from "#core/failure.ts";
import type { Target } from "#core/message/normal-form.ts";
import type { RouteDefinition } from "#core/route/definition.ts";
import { isSamePlace, type ReadPlace } from "#core/route/same-place.ts";
import type { RouteToChange, RouteToCreate } from "#core/route/save.ts";
import type { Db, Sql, Tx } from "#db/client.ts";
import { notify } from "#db/listen.ts";
import { appendAudit } from "#db/queries/audit.ts";
import { connectionNames, insertRoute, lockRoute, updateRoute } from "#db/queries/routes-web.ts";
import { violates } from "#db/violation.ts";
import type { Actor } from "../context.ts";
import { patternProblem } from "./pattern-search.ts";
import { sourceForRoute } from "./route-source.ts";

const REDIS = new Set(["redis-list", "redis-stream"]);

/** Makes a route and its source in one transaction; workers begin soon after. Throws Failure that names the field at fault. */
export async function createRoute(db: Db, sql: Sql, actor: Actor, given: RouteToCreate): Promise<{ id: string }> {
  const id = await unlessTaken(given.name, () =>
    db.transaction(async (tx) => {
      const source = await sourceForRoute(tx, actor, given);
      await checkPlaces(tx, given.definition, { ...source, source: JSON.parse(source.source) });
      const created = await insertRoute(tx, { name: given.name, sourceId: source.id, definition: given.definition });
      await audit(tx, actor, "route.create", created, { name: given.name, queue: source.name, consent: source.consent, definition: given.definition });
      return created;
    }),
  );
  await notify(sql, ["routes", "deliveries", "sources", "queues"]);
  return { id };
}

/** Changes a route's name and definition. Throws Failure `conflict` when somebody changed it meanwhile. */
export async function changeRoute(db: Db, sql: Sql, actor: Actor, given: RouteToChange): Promise<void> {
  await unlessTaken(given.name, () =>
    db.transaction(async (tx) => {
      const before = await lockRoute(tx, given.id);
      if (before === null) throw new Failure("not_found", "There is no such route.", "id");
      if (before.managedBy === "file") throw new Failure("forbidden", `${before.name} comes from redrive.yaml; change it there.`);
      await checkPlaces(tx, given.definition, { connectionId: before.connectionId, name: before.source, source: JSON.parse(before.sourceText) });
      if (!(await updateRoute(tx, given)))
        throw new Failure("conflict", `${before.name} was changed while you edited version ${given.version}; it is at version ${before.version}. Nothing was saved: open it again.`, "version");
      const changed = { before: { name: before.name, definition: before.definition }, after: { name: given.name, definition: given.definition } };
      await audit(tx, actor, "route.edit", given.id, { version: given.version + 1, ...changed });
    }),
  );
  await notify(sql, ["routes", "deliveries"]);
}

/** Whether the connections that a definition names are there, and can do what it asks of them; and whether its patterns are some. */
async function checkPlaces(tx: Tx, { destination, deadLetterTo, guard, rules }: RouteDefinition, source: ReadPlace & { readonly connectionId: string }): Promise<void> {
  for (const [at, { pattern }] of rules.entries()) {
    const problem = pattern === undefined ? null : patternProblem(pattern);
    if (problem !== null) throw new Failure("invalid", `The pattern of rule ${at + 1} is none: ${problem}`, `definition.rules.${at}.pattern`);
  }
  const names = await connectionNames(tx);
  const check = (place: { readonly connectionId: string; readonly target: Target }, field: string): void => {
    const connection = names.get(place.connectionId);
    if (connection === undefined) throw new Failure("invalid", "There is no such connection.", `${field}.connectionId`);
    if (connection.kind !== place.target.kind)
      throw new Failure("invalid", `${connection.name} is of the kind ${connection.kind}, and the target of the kind ${place.target.kind}.`, `${field}.target`);
    if (place.connectionId === source.connectionId && isSamePlace(place.target, source))
      throw new Failure("invalid", `${source.name} is where this route reads: it would run in a circle.`, `${field}.target`);
  };
  if (destination.kind === "queue") check(destination, "definition.destination");
  if (deadLetterTo !== null) check(deadLetterTo, "definition.deadLetterTo");
  if (guard === null || guard.store.kind === "postgres") return;
  const store = names.get(guard.store.connectionId);
  if (store === undefined || !REDIS.has(store.kind))
    throw new Failure("invalid", `${store?.name ?? "That connection"} is no Redis; a guard keeps its keys in Postgres or in a Redis.`, "definition.guard.store.connectionId");
}

async function unlessTaken<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw violates(error, "unique") ? new Failure("conflict", `There is a route called ${name} already.`, "name") : error;
  }
}

const audit = (tx: Tx, actor: Actor, act: string, subject: string, detail: Record<string, unknown>) =>
  appendAudit(tx, { actorId: actor.id, actor: actor.name, act, subject, detail });
