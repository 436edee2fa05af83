import { betterAuth } from "better-auth/minimal";
import type { Db } from "#db/client.ts";
import { PASSWORD_MAX, PASSWORD_MIN } from "#core/people.ts";
import { personById } from "#db/queries/people.ts";
import { sessionStore } from "./session-store.ts";

/** A session ends this long after sign-in, used or not. */
const SESSION_SECONDS = 7 * 24 * 3600;

/** Where the address of the client is handed over; set by us, never taken from outside. */
export const CLIENT_HEADER = "x-redrive-client";

/** `__Host-`: only over https, only for this host, so no neighbour can plant one. */
export const sessionCookieName = (publicUrl: string): string =>
  publicUrl.startsWith("https:") ? "__Host-redrive-session" : "redrive-session";

export type AuthOptions = { readonly secret: string; readonly publicUrl: string };

/** Sign-in and sign-out with e-mail and password. Accounts are made by admins only: sign-up does not exist. */
export function createAuth(db: Db, { secret, publicUrl }: AuthOptions) {
  const secure = publicUrl.startsWith("https:");
  return betterAuth({
    baseURL: publicUrl,
    basePath: "/api/auth",
    secret,
    trustedOrigins: [new URL(publicUrl).origin],
    database: sessionStore(db),
    telemetry: { enabled: false },
    logger: { disabled: true },
    // counted in services/sign-in.ts, per account too
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      autoSignIn: false,
    },
    user: { changeEmail: { enabled: false }, deleteUser: { enabled: false } },
    session: { expiresIn: SESSION_SECONDS, disableSessionRefresh: true, cookieCache: { enabled: false } },
    databaseHooks: {
      session: {
        create: {
          // a right password does not let a disabled person in
          before: async ({ userId }) => {
            const person = await personById(db, userId);
            return person !== null && person.disabledAt === null;
          },
        },
      },
    },
    advanced: {
      // the prefix it would add is __Secure-; ours is in the name
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", path: "/", secure },
      cookies: { session_token: { name: sessionCookieName(publicUrl) } },
      ipAddress: { ipAddressHeaders: [CLIENT_HEADER], ipv6Subnet: 64 },
    },
  });
}
export type Auth = ReturnType<typeof createAuth>;
