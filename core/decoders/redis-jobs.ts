import { memberOf, rootOf, type Span } from "../json/read.ts";
import { bytesOfBase64, utf8Of } from "../message/bytes.ts";
import { inflated } from "../message/inflate.ts";
import type { RedisListNative } from "../message/native.ts";
import type { Target } from "../message/normal-form.ts";
import type { Captured } from "./decoder.ts";

/** The facts of an element of a list or of a library's set, or null. */
export const listOf = ({ native }: Captured): RedisListNative | null => (native.transport === "redis-list" ? native : null);

/** The text of a field of a job's hash, or null. */
export function fieldOf(native: RedisListNative, name: string): string | null {
  const field = native.fields.find((each) => each.name === name);
  const bytes = field === undefined ? null : bytesOfBase64(field.value);
  return bytes === null ? null : utf8Of(bytes);
}

/** A key to push to, or null when it is where the element was captured from. */
export const listTarget = (captured: Captured, key: string | null, end: "left" | "right" = "left"): Target | null =>
  key === null || key === "" || key === captured.native.queue || key.length > 1_024 ? null : { kind: "redis-list", key, end };

export type Json = { readonly text: string; readonly root: Span };

/** A body that is a JSON object, or null. */
export function jsonOf(body: Uint8Array): Json | null {
  const text = utf8Of(body);
  const root = text === null ? null : rootOf(text);
  return text === null || root === null || text[root.start] !== "{" ? null : { text, root };
}

/** Whether an object has members of all these names. */
export const hasAll = (text: string, object: Span | null, names: readonly string[]): boolean => object !== null && names.every((name) => memberOf(text, object, name) !== null);

const MAX_TEXT = 256 * 1024;

/** The text that zlib packed, or null. */
export function unpacked(bytes: Uint8Array | null): string | null {
  const plain = bytes === null ? null : inflated(bytes, MAX_TEXT);
  return plain === null ? null : utf8Of(plain);
}
