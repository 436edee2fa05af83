import { randomBytes, randomUUID } from "node:crypto";
import { link, mkdir, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeKeyPair } from "#db/secrets.ts";

/** File with the private key that opens sealed broker secrets, only for the workers: the given one, else one below `home`. */
export async function secretKey(home: string, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  await keptSecret(home, KEY_FILE, () => makeKeyPair().privateKey);
  return secretPath(home, KEY_FILE);
}

/** What signs the web's sessions: the given one, else one below `home`, made on the first start. */
export async function authSecret(home: string, given: string | undefined): Promise<string> {
  return given ?? keptSecret(home, "auth-secret", () => randomBytes(32).toString("base64url"));
}

/** A secret that stays the same from start to start: read from its file, or made and written there first. */
export async function keptSecret(home: string, name: string, make: () => string): Promise<string> {
  const path = secretPath(home, name);
  await mkdir(join(home, "secrets"), { recursive: true, mode: 0o700 });
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found !== undefined) return found.trim();
  // Written whole and then named: of several that start at once all read the one that was first.
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, `${make().trimEnd()}\n`, { mode: 0o600 });
  try {
    await link(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await unlink(own);
  }
  return (await readFile(path, "utf8")).trim();
}

const KEY_FILE = "broker-secrets.pem";
const secretPath = (home: string, name: string): string => join(home, "secrets", name);
