import { lossyUtf8Of, bytesOfBase64 } from "../message/bytes.ts";
import { headerText, headerValue, isInteger, type Header, type TypedValue } from "../message/header.ts";
import type { DeathError } from "../message/normal-form.ts";

const COUNT = /^\d{1,15}$/;

/** A count in an integer value, or null: negative numbers and texts are no counts. */
export const countOf = (value: TypedValue | null): number | null =>
  value !== null && isInteger(value) && COUNT.test(value.v) ? Number(value.v) : null;

/** The count in a header, or null. */
export const headerCount = (headers: readonly Header[], name: string): number | null =>
  countOf(headerValue(headers, name));

/** Text for reading (an error, a stack): also text that is not UTF-8, with U+FFFD in it. Not for names to send to. */
export function headerProse(headers: readonly Header[], name: string): string | null {
  const value = headerValue(headers, name);
  if (value?.t !== "rawtext") return headerText(headers, name);
  const bytes = bytesOfBase64(value.v);
  return bytes === null ? null : lossyUtf8Of(bytes);
}

/** Whether any header has this name, whatever its value. */
export const carries = (headers: readonly Header[], name: string): boolean => headerValue(headers, name) !== null;

/** A record of those fields that have a value. */
export function given(fields: Readonly<Record<string, string | null>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== null && value !== "") result[name] = value;
  return result;
}

/** An error of those parts that are told, or null when none is. */
export const errorOf = (error: DeathError): DeathError | null =>
  error.type === null && error.message === null && error.stack === null ? null : error;
