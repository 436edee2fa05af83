import postgres from "postgres";

const NAME = "orders to inventory";

/**
 * Makes the route from the queue to the inventory service, or gives it the service's present port. It writes the rows that the
 * screen "New route" writes: a source of the connection, and the route that reads it.
 */
export async function seedRoute(databaseUrl: string, inventoryPort: number): Promise<void> {
  const definition = JSON.stringify({
    destination: {
      kind: "http",
      url: `http://127.0.0.1:${inventoryPort}/reservations`,
      method: "POST",
      headers: [],
      passHeaders: [],
      body: { pointer: "" },
      headTimeoutMs: 1_500,
      timeoutMs: 3_000,
      signWith: [],
      bearer: null,
      // the inventory is on this machine: private addresses are refused unless they are named
      allowPrivate: ["127.0.0.0/8"],
    },
    retry: { maxAttempts: 12, maxAgeSeconds: null, baseMs: 500, factor: 2, capMs: 10_000, jitter: "full" },
    rules: [],
    // the order's own id: an order that was published twice is delivered once
    guard: { key: { by: "pointer", pointer: "/orderId" }, missing: "pass", store: { kind: "postgres" }, ttlSeconds: 604_800 },
    limits: { perSecond: null, inFlight: 8, waiting: 10_000, whenFull: "pause" },
    breaker: { failureShare: 0.5, of: 10, openSeconds: 2 },
    ordered: null,
    // the inventory knows a second try by its webhook-id
    whenUnknown: "retry",
    keepBody: "always",
    deadLetterTo: null,
  });
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    await sql.begin(async (tx) => {
      const [source] = await tx<{ id: string }[]>`
        insert into sources (connection_id, name, source, custody, managed_by, capturing, consent_by, consent_at)
        select id, 'example.orders.inventory', '{"queue":"example.orders.inventory","type":"quorum"}', 'taken', 'screen', true, 'the example', now()
        from connections where name = 'orders'
        on conflict (connection_id, name) do update set capturing = true returning id`;
      if (source === undefined) throw new Error("the connection orders of redrive.yaml is not there yet");
      await tx`
        insert into routes (name, source_id, definition, state) values (${NAME}, ${source.id}, ${definition}, 'running')
        on conflict (name) do update set definition = excluded.definition, version = routes.version + 1, changed_at = now()`;
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
}

/** How many messages of routes are neither delivered nor dead. */
export async function undelivered(databaseUrl: string): Promise<number> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql<{ count: number }[]>`select count(*)::int as count from deliveries where state not in ('succeeded', 'dead')`;
    return row?.count ?? 0;
  } finally {
    await sql.end({ timeout: 1 });
  }
}
