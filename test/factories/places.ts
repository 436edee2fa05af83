import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import type { MessageState } from "#core/message/state.ts";
import type { Role } from "#core/roles.ts";
import type { Database } from "#db/client.ts";
import { connections, groups, messages, queues, settings, sources } from "#db/schema/index.ts";
import { SEALING_PUBLIC_KEY } from "#db/queries/sealing-key.ts";
import { makeKeyPair, type KeyPair } from "#db/secrets.ts";
import { appRouter } from "#server/routers/_app.ts";
import { createCallerFactory } from "#server/trpc.ts";

type Db = Database["db"];

const first = <T>(rows: readonly T[]): T => {
  const [row] = rows;
  if (row === undefined) throw new Error("insert without a row");
  return row;
};

/** Calls the API as a person of this role. */
export const callerAs = ({ db, sql: raw }: Database, role: Role) =>
  createCallerFactory(appRouter)({ db, sql: raw, actor: { id: role, name: `The ${role}`, email: `${role}@example.com`, role } });

/** Stores a public key, as a worker does at its first start. */
export async function withSealingKey(db: Db): Promise<KeyPair> {
  const pair = makeKeyPair();
  await db.insert(settings).values({ key: SEALING_PUBLIC_KEY, value: pair.publicKey });
  return pair;
}

/** A connection, up to its fields. */
export const aConnection = async (db: Db, over: Partial<typeof connections.$inferInsert> = {}) =>
  first(
    await db
      .insert(connections)
      .values({ name: `broker ${randomUUID()}`, kind: "rabbitmq", settings: "{}", secrets: "v1.x", managedBy: "screen", ...over })
      .returning(),
  );

export const aQueue = async (db: Db, connectionId: string, over: Partial<typeof queues.$inferInsert> = {}) => {
  const name = over.name ?? `queue ${randomUUID()}`;
  const source = JSON.stringify({ queue: name, type: "classic" });
  return first(await db.insert(queues).values({ connectionId, type: "classic", custody: "taken", source, ...over, name }).returning());
};

export const aSource = async (db: Db, connectionId: string, over: Partial<typeof sources.$inferInsert> = {}) => {
  const name = over.name ?? `queue ${randomUUID()}`;
  const source = JSON.stringify({ queue: name, type: "classic" });
  return first(
    await db
      .insert(sources)
      .values({ connectionId, source, custody: "taken", managedBy: "screen", capturing: true, ...over, name })
      .returning(),
  );
};

export const aGroup = async (db: Db, sourceId: string, over: Partial<typeof groups.$inferInsert> = {}) => {
  const now = new Date();
  const row = { fingerprint: randomUUID(), title: "Error", reason: "rejected", deaths: 0, firstSeenAt: now, lastSeenAt: now } as const;
  return first(await db.insert(groups).values({ sourceId, ...row, ...over }).returning());
};

type Place = { readonly connectionId: string; readonly sourceId: string; readonly groupId: string };

/** Many messages of one group in one state; `n` counts from 0 and is part of their key. */
export async function someMessages(
  db: Db,
  place: Place,
  state: MessageState,
  count: number,
  over: { readonly origin?: string; readonly keys?: number; readonly agoMs?: number } = {},
): Promise<void> {
  const at = sql`now() - ${over.agoMs ?? 0} * interval '1 millisecond'`;
  await db.execute(sql`
    insert into ${messages} (id, position, connection_id, source_id, group_id, state, deaths, last_death_id, body_id, size, rule,
      reason, search, origin, key, captured_at, last_death_at, changed_at)
    select gen_random_uuid(), nextval('message_position'), ${place.connectionId}::uuid, ${place.sourceId}::uuid, ${place.groupId}::uuid,
      ${state}, 1, gen_random_uuid(), gen_random_uuid(), 2, 'x-death', 'rejected', '', ${over.origin ?? null}::text,
      'key ' || n % ${over.keys ?? count}::int, ${at}, ${at}, ${at}
    from generate_series(0, ${count}::int - 1) n`);
}
