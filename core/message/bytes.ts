/** `ignoreBOM` keeps a byte order mark in the text: a view must not lose bytes. */
const STRICT = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LENIENT = new TextDecoder("utf-8", { ignoreBOM: true });

/** The text of bytes that are valid UTF-8, or null. */
export function utf8Of(bytes: Uint8Array): string | null {
  try {
    return STRICT.decode(bytes);
  } catch {
    return null;
  }
}

/** The text of any bytes, with U+FFFD where they are no UTF-8: for reading, never for sending. */
export const lossyUtf8Of = (bytes: Uint8Array): string => LENIENT.decode(bytes);

/** The bytes of base64, or null when it is none. */
export function bytesOfBase64(base64: string): Uint8Array | null {
  try {
    return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

const CHUNK = 8_192;

/** The base64 of bytes, however many. */
export function base64Of(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)));
  return btoa(parts.join(""));
}
