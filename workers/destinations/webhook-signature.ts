import { createHmac } from "node:crypto";
import { ConfigurationError } from "#core/route/configuration-error.ts";

/**
 * The header `webhook-signature` of the Standard Webhooks spec (standard-webhooks, spec/standard-webhooks.md): a `v1` signature
 * for each secret over `id.timestamp.body`, the body byte for byte, parted by spaces. `secrets` are [variable's name, value];
 * a value is `whsec_` and base64, of 24 to 64 bytes. Throws ConfigurationError that names the variable, never its value.
 */
export function webhookSignature(secrets: readonly (readonly [name: string, value: string])[], id: string, seconds: number, body: Uint8Array): string {
  return secrets.map(([name, value]) => `v1,${createHmac("sha256", keyOf(name, value)).update(`${id}.${seconds}.`).update(body).digest("base64")}`).join(" ");
}

function keyOf(name: string, value: string): Buffer {
  const base64 = value.trim().replace(/^whsec_/, "");
  const key = Buffer.from(base64, "base64");
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || key.length < 24 || key.length > 64) throw new ConfigurationError(`${name} is no webhook secret: whsec_ and base64 of 24 to 64 bytes`);
  return key;
}
