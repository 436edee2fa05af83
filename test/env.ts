/** Environment of the test processes; read here only. */
export const env = {
  /** A PostgreSQL whose user may create databases, used in place of the embedded one. */
  databaseUrl: process.env.TEST_DATABASE_URL,
} as const;
