import { database } from "#server/database.ts";
import { isHealthy } from "#server/services/health.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  const ok = await isHealthy(database().db);
  return Response.json({ ok }, { status: ok ? 200 : 503, headers: { "cache-control": "no-store" } });
}
