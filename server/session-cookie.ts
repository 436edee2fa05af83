import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * The session token in a Cookie header, or null when there is none or its signature is wrong. better-auth writes
 * `<token>.<HMAC-SHA256, base64>`, percent-encoded.
 */
export function sessionToken(cookies: string | null, name: string, secret: string): string | null {
  const value = cookieValue(cookies ?? "", name);
  const dot = value?.lastIndexOf(".") ?? -1;
  if (value === null || dot < 1) return null;
  const token = value.slice(0, dot);
  const expected = createHmac("sha256", secret).update(token).digest();
  const given = Buffer.from(value.slice(dot + 1), "base64");
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

function cookieValue(cookies: string, name: string): string | null {
  const pair = cookies.split(";").map((each) => each.trim()).find((each) => each.startsWith(`${name}=`));
  if (pair === undefined) return null;
  try {
    return decodeURIComponent(pair.slice(name.length + 1));
  } catch {
    return null;
  }
}
