import { bytesOfBase64, utf8Of } from "./bytes.ts";
import { floatOf, headerValue, isInteger, type Header, type TypedValue } from "./header.ts";

/**
 * A header's value as text, for places that know nothing else: an HTTP header, a template, a key. Digits stay exact. Bytes are
 * their text, or base64 where they are no UTF-8; arrays and tables are JSON; a void is empty.
 */
export function headerWords(value: TypedValue): string {
  if (value.t === "void") return "";
  if (value.t === "array" || value.t === "table") return jsonOf(value);
  return scalar(value);
}

/** The first header of that name, in its exact case before any case, or null. */
export const headerNamed = (headers: readonly Header[], name: string): TypedValue | null =>
  headerValue(headers, name) ?? headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value ?? null;

function scalar(value: Exclude<TypedValue, { t: "void" | "array" | "table" }>): string {
  switch (value.t) {
    case "rawtext":
    case "bytes":
    case "raw": {
      const bytes = bytesOfBase64(value.v);
      return (bytes === null ? null : utf8Of(bytes)) ?? value.v;
    }
    case "float32":
    case "float64":
      return String(floatOf(value));
    case "decimal":
      return `${value.v}e-${value.scale}`;
    default:
      return String(value.v);
  }
}

function jsonOf(value: TypedValue): string {
  if (value.t === "void") return "null";
  if (value.t === "array") return `[${value.v.map(jsonOf).join(",")}]`;
  if (value.t === "table") return `{${value.v.map((header) => `${JSON.stringify(header.name)}:${jsonOf(header.value)}`).join(",")}}`;
  const bare = isInteger(value) || value.t === "bool" || value.t === "timestamp";
  return bare ? String(value.v) : JSON.stringify(scalar(value));
}
