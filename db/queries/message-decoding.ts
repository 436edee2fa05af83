import { and, eq } from "drizzle-orm";
import type { Db } from "../client.ts";
import { connections, deaths, messages, revisions } from "../schema/index.ts";
import { readBodyPart, type BodyOf } from "./message-bodies.ts";

/** A body to be decoded with what its message and its connection tell; `native` and `headers` are JSON text. */
export type BodyToDecode = NonNullable<Awaited<ReturnType<typeof bodyToDecode>>>;

/** Up to `limit` bytes of a body and what is known of it; null when the message has no such body. */
export async function bodyToDecode(db: Db, messageId: string, which: BodyOf, limit: number) {
  const facts = await factsOf(db, messageId, which);
  const part = facts === null ? null : await readBodyPart(db, messageId, which, 0, limit);
  return facts === null || part === null ? null : { ...facts, ...part };
}

const CONNECTION = { connectionId: messages.connectionId, kind: connections.kind, settings: connections.settings };

async function factsOf(db: Db, messageId: string, which: BodyOf) {
  const death = { native: deaths.native, contentType: messages.contentType };
  if (which.of === "revision") {
    const [row] = await db
      .select({ ...CONNECTION, ...death, headers: revisions.headers })
      .from(revisions)
      .innerJoin(messages, eq(messages.id, revisions.messageId))
      .innerJoin(deaths, eq(deaths.id, revisions.deathId))
      .innerJoin(connections, eq(connections.id, messages.connectionId))
      .where(and(eq(revisions.id, which.id), eq(revisions.messageId, messageId)));
    return row ?? null;
  }
  const [row] = await db
    .select({ ...CONNECTION, ...death, headers: deaths.headers })
    .from(messages)
    .innerJoin(deaths, which.of === "death" ? eq(deaths.messageId, messages.id) : eq(deaths.id, messages.lastDeathId))
    .innerJoin(connections, eq(connections.id, messages.connectionId))
    .where(which.of === "death" ? and(eq(messages.id, messageId), eq(deaths.id, which.id)) : eq(messages.id, messageId));
  return row ?? null;
}
