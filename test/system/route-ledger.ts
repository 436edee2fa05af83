import type { HttpSink } from "../http-sink.ts";
import type { Scene } from "./scene.ts";

type Tries = {
  readonly id: string;
  /** By the delivery's own counter, and rows on record: all, without an end, without a verdict. */
  readonly tries: number;
  readonly rows: number;
  readonly open: number;
  readonly unknown: number;
  readonly duplicate: boolean;
};

/** Every delivery of a scene with its tries on record. */
export const triesOf = ({ pool }: Scene): Promise<Tries[]> => pool.sql<Tries[]>`
  select d.id, d.tries, count(a.id)::int as rows, (count(a.id) filter (where a.outcome is null))::int as open,
    (count(a.id) filter (where a.outcome = 'unknown'))::int as unknown, d.duplicate_of is not null as duplicate
  from deliveries d left join delivery_attempts a on a.delivery_id = d.id group by d.id`;

/** How often a sink got each message, by the id it was sent with. */
export function copiesAt(ledger: Awaited<ReturnType<HttpSink["ledger"]>>): Map<string, number> {
  const ids = ledger.map(({ headers }) => headers.find(([name]) => name.toLowerCase() === "webhook-id")?.[1] ?? "");
  return new Map([...Map.groupBy(ids, (id) => id)].map(([id, { length }]) => [id, length]));
}
