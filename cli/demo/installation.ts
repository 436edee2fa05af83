import type { ConfiguredConnection, RedriveConfig } from "#core/config/check.ts";
import { DEMO_BROKERS } from "./brokers.ts";
import { captured, type DemoBroker } from "./demo-broker.ts";
import { DEMO_SCHEMA } from "./pgboss-traffic.ts";
import { isThere } from "./traffic.ts";

const JOB_QUEUES = ["orders", "payments", "emails"];

/** What the demo captures: pg-boss on the embedded PostgreSQL, and every broker that answers at its address. */
export async function demoInstallation(databaseUrl: string): Promise<RedriveConfig> {
  const there: DemoBroker[] = [];
  for (const broker of DEMO_BROKERS) if (await isThere(broker)) there.push(broker);
  return {
    environment: { name: "demo", tone: "blue", production: false },
    retention: { discardedDays: 30, resolvedDays: 90 },
    connections: [jobsOf(databaseUrl), ...there.map(({ connection }) => connection)],
    sources: [...JOB_QUEUES.map((queue) => captured("jobs", { queue: `${queue}.dlq` })), ...there.flatMap(({ sources }) => sources)],
    // the sample routes' services listen at ports that are known once they run: the traffic makes them
    routes: [],
  };
}

/** pg-boss on the PostgreSQL at `url`, in the schema of the sample traffic. */
export function jobsOf(url: string): ConfiguredConnection {
  const { hostname, port, pathname, username, password } = new URL(url);
  return {
    name: "jobs",
    kind: "pgboss",
    settings: {
      host: hostname,
      port: Number(port || 5432),
      database: decodeURIComponent(pathname.slice(1)),
      username: decodeURIComponent(username),
      tls: false,
      schema: DEMO_SCHEMA,
    },
    secrets: { password: decodeURIComponent(password) },
  };
}
