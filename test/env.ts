/** Environment of the test processes; read here only. */
export const env = {
  /** A PostgreSQL whose user may create databases, used in place of the embedded one. */
  databaseUrl: process.env.TEST_DATABASE_URL,
  /** A broker that cannot be had is a failure, not a skip. */
  requireBrokers: process.env.REDRIVE_REQUIRE_BROKERS === "all",
  /** Tests of endurance run at their full size: minutes instead of seconds. */
  longRun: process.env.REDRIVE_LONG_TESTS === "1",
  /** Kills at random moments of a route's way, after the one at each. */
  routeKills: Number(process.env.ROUTE_KILLS ?? 7),
} as const;
