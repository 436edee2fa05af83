import { createHash, randomBytes } from "node:crypto";

/** 256 random bits, safe in an address. */
export const newToken = (): string => randomBytes(32).toString("base64url");

/** What is stored of a random token. No salt and no stretching: it can not be guessed. */
export const tokenHash = (token: string): string => createHash("sha256").update(token).digest("hex");
