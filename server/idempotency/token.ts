import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const PREFIX = "rit_";
const VALID_MS = 24 * 3_600_000;
const RANDOM = 16;
const MAC = 16;

export type IssuedToken = { readonly token: string; readonly expiresAt: Date };

const mac = (secret: string, apiKeyId: string, content: Buffer): Buffer => createHmac("sha256", secret).update(`redrive idempotency token ${apiKeyId}.`).update(content).digest().subarray(0, MAC);

/**
 * A token for one write of one API key, good for 24 hours. It is signed, not stored: asking for tokens costs no row. What uses one
 * up is the unique constraint on publications.
 */
export function issueToken(secret: string, apiKeyId: string, now: number): IssuedToken {
  const expiresAt = now + VALID_MS;
  const content = Buffer.alloc(8 + RANDOM);
  content.writeBigUInt64BE(BigInt(expiresAt));
  randomBytes(RANDOM).copy(content, 8);
  return { token: PREFIX + Buffer.concat([content, mac(secret, apiKeyId, content)]).toString("base64url"), expiresAt: new Date(expiresAt) };
}

/** Whether a key is a token at all, which any other producer's choice is not. */
export const isToken = (key: string): boolean => key.startsWith(PREFIX);

/** Whether a token was issued to this API key, and is still good for a first use. */
export function checkToken(secret: string, apiKeyId: string, token: string, now: number): "good" | "expired" | "foreign" {
  const bytes = Buffer.from(token.slice(PREFIX.length), "base64url");
  const content = bytes.subarray(0, 8 + RANDOM);
  const given = bytes.subarray(8 + RANDOM);
  // the text is the key that is remembered: another spelling of the same bytes is another key
  const spelled = bytes.toString("base64url") === token.slice(PREFIX.length);
  if (!spelled || given.length !== MAC || !timingSafeEqual(given, mac(secret, apiKeyId, content))) return "foreign";
  return content.readBigUInt64BE() > BigInt(now) ? "good" : "expired";
}
