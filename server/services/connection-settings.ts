import { movedBy } from "#core/brokers/address.ts";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { Failure } from "#core/failure.ts";
import type { Tx } from "#db/client.ts";
import { seal } from "#db/secrets.ts";
import { sealedSecrets } from "#db/queries/connections-web.ts";
import { sealingPublicKey } from "#db/queries/sealing-key.ts";
import type { z } from "zod";

export type Given = Readonly<Record<string, string | number | boolean>>;

const read = (schema: z.ZodType, given: Given, part: "settings" | "secrets"): Readonly<Record<string, unknown>> => {
  const result = schema.safeParse(given);
  if (result.success) return result.data as Readonly<Record<string, unknown>>;
  const issue = result.error.issues[0];
  const name = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
  throw new Failure("invalid", `${name}: ${issue?.message}`, `${part}.${name}`);
};

/** The settings as the manifest's schema reads them. Throws Failure `invalid` that names the field. */
export function checkedSettings(kind: BrokerKind, given: Given): Readonly<Record<string, unknown>> {
  const settings = read(manifests[kind].settings, given, "settings");
  for (const [name, value] of Object.entries(settings))
    if (typeof value === "string" && /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i.test(value))
      throw new Failure("invalid", `${name}: leave out user and password; the secret has its own field.`, `settings.${name}`);
  return settings;
}

/** The secrets, checked and sealed for the workers. Throws Failure `conflict` while there is no key to seal with. */
export async function sealedFor(tx: Tx, kind: BrokerKind, given: Given): Promise<string> {
  const secrets = read(manifests[kind].secrets, given, "secrets");
  const key = await sealingPublicKey(tx);
  if (key === null) throw new Failure("conflict", "There is no key to seal secrets with yet: start a worker once, it makes one.");
  return seal(key, JSON.stringify(secrets));
}

/** Stored settings with the manifest's defaults where they are silent, as the workers read them. */
export function storedSettings(connection: { readonly kind: BrokerKind; readonly settings: string }): Readonly<Record<string, unknown>> {
  const stored = JSON.parse(connection.settings) as Record<string, unknown>;
  const result = manifests[connection.kind].settings.safeParse(stored);
  return result.success ? result.data : stored;
}

/** The sealed secrets that are stored, as long as they go where they always went. Throws Failure otherwise. */
export async function keptSecrets(
  tx: Tx,
  connection: { readonly id: string; readonly kind: BrokerKind; readonly settings: string },
  settings: Readonly<Record<string, unknown>>,
): Promise<string> {
  const moved = movedBy(storedSettings(connection), settings);
  if (moved !== null)
    throw new Failure("invalid", `${moved} has changed, so the secret would go elsewhere: write it again.`, "secrets");
  return (await sealedSecrets(tx, connection.id)) ?? "";
}
