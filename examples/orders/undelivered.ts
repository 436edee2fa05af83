import postgres from "postgres";

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
