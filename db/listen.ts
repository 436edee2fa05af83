import postgres from "postgres";
import { decodeTopics, LIVE_TOPICS, encodeTopics, type LiveTopic } from "#core/live.ts";
import type { AnySql } from "./client.ts";

const CHANNEL = "redrive";

export type Listener = { readonly close: () => Promise<void> };

/**
 * Calls back with the topics of each notification. After every (re)connection it calls back with all topics: what
 * was notified in between is lost. Own connection, which postgres.js renews by itself.
 */
export async function listen(url: string, name: string, heard: (topics: readonly LiveTopic[]) => void): Promise<Listener> {
  const sql = postgres(url, {
    max: 1,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 10,
    keep_alive: 15,
    connection: { application_name: `${name} listen` },
    onnotice: () => {},
  });
  await sql.listen(
    CHANNEL,
    (payload) => heard(decodeTopics(payload)),
    () => heard(LIVE_TOPICS),
  );
  return { close: () => sql.end({ timeout: 1 }) };
}

/** A hint to everyone who listens; inside a transaction it goes out with the commit. One a batch, never one a row. */
export async function notify(sql: AnySql, topics: readonly LiveTopic[]): Promise<void> {
  await sql`select pg_notify(${CHANNEL}, ${encodeTopics(topics)})`;
}
