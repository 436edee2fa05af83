import type { ConsumeMessage } from "amqplib";
import { connectSql } from "#db/sql-client.ts";
import type { Broker } from "./broker.ts";
import { idIn } from "./messages.ts";

const CONNECTIONS = 8;
const PREFETCH = 100;

/** One table, three indexes: less than Redrive keeps, so that the comparison is kind to the script. */
export async function makeNaiveTable(databaseUrl: string): Promise<void> {
  const { sql, close } = connectSql(databaseUrl, { max: 1, name: "naive" });
  await sql`
    create table if not exists naive (
      id uuid primary key, message_id text unique, queue text not null, reason text, headers jsonb not null,
      body bytea not null, captured_at timestamptz not null default now())`;
  await sql`create index if not exists naive_list on naive (queue, captured_at)`;
  await close();
}

/** What one writes in an afternoon: consume, insert one row, ack; eight connections at once. */
export async function naiveCapture({ model }: Broker, databaseUrl: string, queue: string, count: number): Promise<string[]> {
  const { sql, close } = connectSql(databaseUrl, { max: CONNECTIONS, name: "naive" });
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sql`select pg_sleep(0.05)`));
  const channel = await model.createChannel();
  await channel.prefetch(PREFETCH);
  const ids: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const store = async (message: ConsumeMessage): Promise<void> => {
      const headers = message.properties.headers ?? {};
      await sql`
        insert into naive (id, message_id, queue, reason, headers, body)
        values (${crypto.randomUUID()}, ${String(message.properties.messageId)}, ${queue},
          ${String(headers["x-first-death-reason"] ?? "")}, ${sql.json(JSON.parse(JSON.stringify(headers)))}, ${message.content})
        on conflict do nothing`;
      channel.ack(message);
      ids.push(idIn(message.content));
      if (ids.length === count) resolve();
    };
    channel.consume(queue, (message) => message !== null && void store(message).catch(reject)).catch(reject);
  });
  await channel.close();
  // a quorum queue's channel keeps single acks back while many are under way, and loses them when it closes: a script
  // that ends here sees its last messages again
  await close();
  return ids;
}
