/** The embedded PostgreSQL cannot be had; the message is a sentence for a person and says what to do. */
export class EmbeddedPostgresError extends Error {
  override readonly name = "EmbeddedPostgresError";
}

const INSTEAD = "Or set DATABASE_URL to a PostgreSQL 15 or newer of your own.";

/** An error whose text is `what`, followed by the way out that always exists. */
export const refuse = (what: string, cause?: unknown): EmbeddedPostgresError =>
  new EmbeddedPostgresError(`${what} ${INSTEAD}`, cause === undefined ? undefined : { cause });
