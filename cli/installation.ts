import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeKeyPair } from "#db/secrets.ts";

/** The secrets of one installation, each in a file that only Redrive's user can read. */
export type Keys = {
  /** File with the private key that opens sealed broker secrets; only for the workers. */
  readonly secretKeyFile: string;
  /** Signs the web's sessions. */
  readonly authSecret: string;
};

/** Finds the keys below `home`, making on the first start those that were not given. */
export async function openKeys(home: string, given: { secretKeyFile: string | undefined; authSecret: string | undefined }): Promise<Keys> {
  const secretKeyFile = given.secretKeyFile ?? secretPath(home, "broker-secrets.pem");
  if (given.secretKeyFile === undefined) await keptSecret(home, "broker-secrets.pem", () => makeKeyPair().privateKey);
  const authSecret = given.authSecret ?? (await keptSecret(home, "auth-secret", () => randomBytes(32).toString("base64url")));
  return { secretKeyFile, authSecret };
}

/** A secret that stays the same from start to start: read from its file, or made and written there first. */
export async function keptSecret(home: string, name: string, make: () => string): Promise<string> {
  const path = secretPath(home, name);
  await mkdir(join(home, "secrets"), { recursive: true, mode: 0o700 });
  try {
    await writeFile(path, `${make().trimEnd()}\n`, { flag: "wx", mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  return (await readFile(path, "utf8")).trim();
}

const secretPath = (home: string, name: string): string => join(home, "secrets", name);
