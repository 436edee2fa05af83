import { randomBytes } from "node:crypto";
import { createOwner, issueSetupToken } from "#server/services/first-owner.ts";
import { keptSecret } from "./installation.ts";

const DEMO = { name: "Owner", email: "owner@redrive.local" } as const;

/** The demo's owner and how to sign in as it, as lines to print. The password is random and kept for the next start. */
export async function demoOwner(databaseUrl: string, home: string): Promise<string[]> {
  const password = await keptSecret(home, "demo-owner-password", () => randomBytes(12).toString("base64url"));
  await createOwner(databaseUrl, { ...DEMO, password });
  return [`sign in as   ${DEMO.email}`, `password     ${password}`];
}

/** The one-time link that makes the first owner, as lines to print; none once there is an owner. */
export async function setupLink(databaseUrl: string, publicUrl: string): Promise<string[]> {
  const token = await issueSetupToken(databaseUrl);
  if (token === null) return [];
  // Behind '#', because what stands there is sent to no server and so reaches no log.
  return ["There is no owner yet. This link makes one, once:", `${publicUrl}/setup#${token}`];
}
