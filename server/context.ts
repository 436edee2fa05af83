import type { Role } from "#core/roles.ts";
import type { Database } from "#db/client.ts";

/** The person who asks. */
export type Actor = {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
};

/** What every procedure receives. `actor` is null without a valid session. */
export type Context = Pick<Database, "db" | "sql"> & {
  readonly actor: Actor | null;
  /** The session the actor came with. */
  readonly sessionId?: string;
  /** Calls back when the session of this request ends early (signed out, disabled); for open streams. */
  readonly signal?: AbortSignal;
};
