import type { AnySql, Sql } from "../client.ts";

/** A held lease; `token` fences its earlier holders. */
export type Lease = { readonly name: string; readonly holder: string; readonly token: number };

/** Takes a lease that is free or run out, by Postgres time. Null when somebody else holds it. */
export async function takeLease(sql: Sql, name: string, holder: string, ms: number): Promise<Lease | null> {
  const [row] = await sql<{ token: number }[]>`
    insert into leases (name, holder, token, until)
    values (${name}, ${holder}, 1, now() + ${ms} * interval '1 millisecond')
    on conflict (name) do update
      set holder = excluded.holder, token = leases.token + 1, until = excluded.until
      where leases.until < now()
    returning token`;
  return row === undefined ? null : { name, holder, token: row.token };
}

/** Holds on to leases for `ms` more. Answers the names that are still held; the others are lost for good. */
export async function renewLeases(sql: Sql, leases: readonly Lease[], ms: number): Promise<Set<string>> {
  if (leases.length === 0) return new Set();
  const rows = await sql<{ name: string }[]>`
    update leases set until = now() + ${ms} * interval '1 millisecond'
    from unnest(${leases.map((lease) => lease.name)}::text[], ${leases.map((lease) => lease.token)}::bigint[]) as held (name, token)
    where leases.name = held.name and leases.token = held.token and until > now()
    returning leases.name`;
  return new Set(rows.map((row) => row.name));
}

/** Lets go, so that another may take it at once. */
export async function releaseLease(sql: Sql, lease: Lease): Promise<void> {
  await sql`update leases set until = now() where name = ${lease.name} and token = ${lease.token}`;
}

/** Whether the lease still holds; until the transaction ends nobody else can take it. */
export async function holdsLease(sql: AnySql, lease: Lease): Promise<boolean> {
  const rows = await sql`
    select 1 from leases where name = ${lease.name} and token = ${lease.token} and until > now() for share`;
  return rows.length === 1;
}
