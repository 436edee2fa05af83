import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";

// A sealed box: anyone with the public key can seal, only the workers' private key opens. X25519 with a fresh key
// per secret, HKDF-SHA256, AES-256-GCM. Text form: v1.<ephemeral public>.<iv>.<tag>.<ciphertext>, base64url.
const VERSION = "v1";
const INFO = "redrive sealed secret v1";

const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const raw = (key: KeyObject): Buffer => Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: "OKP", crv: "X25519", x: b64(bytes) }, format: "jwk" });

function keyFor(shared: Buffer, ephemeral: Buffer, recipient: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", shared, Buffer.concat([ephemeral, recipient]), INFO, 32));
}

export type KeyPair = {
  /** 32 bytes, base64url: may be known to everyone. */
  readonly publicKey: string;
  /** PKCS #8 PEM: only for the workers. */
  readonly privateKey: string;
};

/** A new pair for an installation. */
export function makeKeyPair(): KeyPair {
  const pair = generateKeyPairSync("x25519");
  return {
    publicKey: b64(raw(pair.publicKey)),
    privateKey: pair.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

/** The public half of a private key in PEM. */
export const publicHalf = (privateKey: string): string => b64(raw(createPublicKey(createPrivateKey(privateKey))));

/** Seals `secret` so that only the private key's holder reads it. */
export function seal(publicKey: string, secret: string): string {
  const recipient = Buffer.from(publicKey, "base64url");
  const ephemeral = generateKeyPairSync("x25519");
  const ephemeralRaw = raw(ephemeral.publicKey);
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicKeyOf(recipient) });
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyFor(shared, ephemeralRaw, recipient), iv);
  const sealed = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
  return [VERSION, b64(ephemeralRaw), b64(iv), b64(cipher.getAuthTag()), b64(sealed)].join(".");
}

/** Throws when the text was sealed for another key or was changed. */
export function unseal(privateKey: string, sealed: string): string {
  const [version, ephemeral, iv, tag, text] = sealed.split(".");
  if (version !== VERSION || ephemeral === undefined || iv === undefined || tag === undefined || text === undefined)
    throw new Error("not a sealed secret of this version");
  const own = createPrivateKey(privateKey);
  const ephemeralRaw = Buffer.from(ephemeral, "base64url");
  const shared = diffieHellman({ privateKey: own, publicKey: publicKeyOf(ephemeralRaw) });
  const key = keyFor(shared, ephemeralRaw, raw(createPublicKey(own)));
  const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64url"));
  decipher.setAuthTag(Buffer.from(tag, "base64url"));
  return Buffer.concat([decipher.update(Buffer.from(text, "base64url")), decipher.final()]).toString("utf8");
}
