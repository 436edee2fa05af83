import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./env.ts";
import { keptSecret } from "./installation.ts";

/** What `server/services/first-owner.ts` exports. */
type FirstOwner = {
  /** Makes the owner where there never was one. */
  createOwner(databaseUrl: string, owner: { name: string; email: string; password: string }): Promise<{ readonly created: boolean }>;
  /** A new one-time token with which the first owner is made in the browser; null once there is an owner. */
  issueSetupToken(databaseUrl: string): Promise<string | null>;
};

const DEMO = { name: "Owner", email: "owner@redrive.local" } as const;
const MODULE = join(ROOT, "server/services/first-owner.ts");

/** The demo's owner and how to sign in as it, as lines to print. The password is random and kept for the next start. */
export async function demoOwner(databaseUrl: string, home: string): Promise<string[]> {
  const service = await firstOwner();
  if (!service) return ["No owner was made: server/services/first-owner.ts is not there."];
  const password = await keptSecret(home, "demo-owner-password", () => randomBytes(12).toString("base64url"));
  await service.createOwner(databaseUrl, { ...DEMO, password });
  return [`sign in as   ${DEMO.email}`, `password     ${password}`];
}

/** The one-time link that makes the first owner, as lines to print; none once there is an owner. */
export async function setupLink(databaseUrl: string, publicUrl: string): Promise<string[]> {
  const token = await (await firstOwner())?.issueSetupToken(databaseUrl);
  if (token === undefined || token === null) return [];
  // Behind '#', because what stands there is sent to no server and so reaches no log.
  return ["There is no owner yet. This link makes one, once:", `${publicUrl}/setup#${token}`];
}

async function firstOwner(): Promise<FirstOwner | undefined> {
  return existsSync(MODULE) ? ((await import(MODULE)) as FirstOwner) : undefined;
}
