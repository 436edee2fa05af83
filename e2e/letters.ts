import type postgres from "postgres";
import { eventually } from "#test/eventually.ts";
import type { Pair } from "./facts.ts";
import { type Rabbit, springFailure } from "./rabbit.ts";

export type Failure = { readonly type: string; readonly message: string };

/** A consumer in the manner of Spring AMQP: it takes `count` messages of the work queue, fails, and republishes each. */
async function failAll(rabbit: Rabbit, { work, dead }: Pair, count: number, { type, message }: Failure): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const taken = await rabbit.take(work);
    const { headers, ...properties } = taken.properties;
    const failure = springFailure(work, type, message);
    await rabbit.put(dead, taken.content, { ...properties, ...failure, headers: { ...headers, ...failure.headers } });
    rabbit.channel.ack(taken);
  }
}

/** Makes a dead letter of each body, and resolves to the ids of its messages once all are stored. */
export async function deadLetters(rabbit: Rabbit, sql: postgres.Sql, pair: Pair, bodies: readonly string[], failure: Failure): Promise<string[]> {
  const [before] = await countOf(sql, pair);
  for (const body of bodies) await rabbit.put(pair.work, body, { contentType: "application/json", messageId: crypto.randomUUID() });
  await failAll(rabbit, pair, bodies.length, failure);
  await eventually(async () => ((await countOf(sql, pair))[0]?.n ?? 0) >= (before?.n ?? 0) + bodies.length, { timeoutMs: 30_000 });
  const rows = await sql<{ id: string }[]>`
    select m.id from messages m join sources s on s.id = m.source_id where s.name = ${pair.dead} order by m.position desc limit ${bodies.length}`;
  return rows.map(({ id }) => id).toReversed();
}

const countOf = (sql: postgres.Sql, { dead }: Pair) =>
  sql<{ n: number }[]>`select count(*)::int as n from messages m join sources s on s.id = m.source_id where s.name = ${dead}`;
