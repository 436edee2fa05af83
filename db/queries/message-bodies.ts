import { and, desc, eq, inArray, sql } from "drizzle-orm";
import type { Selection } from "#core/selection.ts";
import type { Db } from "../client.ts";
import { bodies, deaths, messages, revisions, routes } from "../schema/index.ts";
import { positionsOf, scopeOf, type Scope } from "./message-streams.ts";

/** Which of a message's bodies: that of a death, that of an edit, or that of its latest death. */
export type BodyOf =
  | { readonly of: "death"; readonly id: string }
  | { readonly of: "revision"; readonly id: string }
  | { readonly of: "latest" };

function bodyId(db: Db, messageId: string, which: BodyOf) {
  if (which.of === "latest") return db.select({ id: messages.bodyId }).from(messages).where(eq(messages.id, messageId));
  const table = which.of === "death" ? deaths : revisions;
  // by message too: an id of another message's body opens nothing
  return db.select({ id: table.bodyId }).from(table).where(and(eq(table.id, which.id), eq(table.messageId, messageId)));
}

/** Up to `limit` bytes of a body from `offset` on, and its whole size; null when the message has no such body. */
export async function readBodyPart(db: Db, messageId: string, which: BodyOf, offset: number, limit: number): Promise<{ bytes: Buffer; size: number } | null> {
  const [found] = await bodyId(db, messageId, which);
  if (found === undefined) return null;
  const [row] = await db
    .select({
      bytes: sql<Buffer>`substring(${bodies.bytes} from ${offset + 1}::int for ${limit}::int)`.mapWith(bodies.bytes),
      size: sql<number>`octet_length(${bodies.bytes})`,
    })
    .from(bodies)
    .where(eq(bodies.id, found.id));
  return row ?? null;
}

/** The first `limit` bytes of a body and its whole size, or null when the message has no such body. */
export const readBody = (db: Db, messageId: string, which: BodyOf, limit: number) => readBodyPart(db, messageId, which, 0, limit);

/** The latest death of up to `limit` messages of a selection, newest first, as they were captured. */
export async function sampleOf(db: Db, selection: Selection, limit: number, bodyLimit: number) {
  const newest = (scope: Scope) => sql`${messages.position} = any(array(${positionsOf(scope, "newest", scope.span, limit)}))`;
  const chosen = selection.by === "ids" ? inArray(messages.id, selection.ids.slice(0, limit)) : newest(await scopeOf(db, selection.filter));
  return db
    .select({
      id: messages.id,
      headers: deaths.headers,
      native: deaths.native,
      size: deaths.size,
      rule: messages.rule,
      /** The route that gave it up; null for what was captured as a dead letter. */
      routeId: routes.id,
      route: routes.name,
      body: sql<Buffer | null>`case when ${deaths.size} <= ${bodyLimit} then ${bodies.bytes} end`.mapWith(bodies.bytes),
    })
    .from(messages)
    .innerJoin(deaths, eq(deaths.id, messages.lastDeathId))
    .innerJoin(bodies, eq(bodies.id, deaths.bodyId))
    .leftJoin(routes, eq(routes.sourceId, messages.sourceId))
    .where(chosen)
    .orderBy(desc(messages.position));
}
