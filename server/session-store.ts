import type { BetterAuthOptions } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import type { Db } from "#db/client.ts";
import { account, rateLimit, session, user, verification } from "#db/schema/index.ts";
import { tokenHash } from "./one-time.ts";

type Factory = ReturnType<typeof drizzleAdapter>;
type Adapter = ReturnType<Factory>;
type Where = NonNullable<Parameters<Adapter["count"]>[0]["where"]>;

/**
 * better-auth's tables through drizzle, with session tokens stored as hashes: it writes and looks up the token of the
 * cookie, the table holds its SHA-256. Covers create and find; sessions are ended by db/queries/sessions.ts.
 */
export function sessionStore(db: Db): Factory {
  const plain = drizzleAdapter(db, { provider: "pg", schema: { user, session, account, verification, rateLimit } });
  return (options: BetterAuthOptions) => hashing(plain(options));
}

const hashing = (inner: Adapter): Adapter => ({
  ...inner,
  create: async (given) => {
    if (given.model !== "session") return inner.create(given);
    const token: unknown = "token" in given.data ? given.data.token : null;
    if (typeof token !== "string") throw new Error("a session without a token");
    const created = await inner.create<typeof given.data, never>({ ...given, data: { ...given.data, token: tokenHash(token) } });
    return Object.assign(created, { token });
  },
  findOne: (given) => inner.findOne({ ...given, where: hashed(given.model, given.where) }),
});

const hashed = (model: string, where: Where): Where =>
  model === "session"
    ? where.map((each) => (each.field === "token" && typeof each.value === "string" ? { ...each, value: tokenHash(each.value) } : each))
    : where;
