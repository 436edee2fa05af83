import { base64Of } from "../message/edit-text.ts";
import type { FloatNode, MapNode, Node } from "./node.ts";

/*
 * The notation: what decoded payloads look like as text. It is JSON, and it can be read back to the same bytes.
 *
 *   12345678901234567890        an integer: digits, however many
 *   1.0   -0.0   1e+30          a float of 64 bits: always with a point or an exponent
 *   {"$float": "NaN"}           NaN, Infinity, -Infinity; other NaNs by their bits, "0x7ff8000000000001"
 *   {"$float32": 0.1}           a float of 32 (16) bits where the format has several widths
 *   {"$bytes": "AAEC"}          binary, base64
 *   {"$rawtext": "/w=="}        text by its type that is no UTF-8, base64
 *   {"$map": [[1, "a"]]}        a map with keys that are no text, keys that repeat, or a single key that begins with $
 *   {"$ext": [5, {"$bytes": "AA=="}]}, {"$timestamp": "2026-01-31T12:00:00Z"}      MessagePack
 *   {"$tag": [32, "https://example.com"]}, {"$simple": 99}, {"$undefined": true}   CBOR
 *   {"$union": ["com.acme.Card", {}]}                                              Avro, unions of more than null and a type
 *
 * An object with exactly one member whose name begins with $ is always such a mark.
 */




/** Deeper levels stay on one line, as in JSON that is laid out. */
const MAX_INDENTED_DEPTH = 32;

/** Thrown inside only. */
class Full extends Error {}

/** A value as text, two spaces a level. Stops after `maxLength` UTF-16 units: `cut` then says that the text is not whole. */
export function writeNotation(root: Node, maxLength: number): { readonly text: string; readonly cut: boolean } {
  const parts: string[] = [];
  let length = 0;
  const push = (part: string): void => {
    if (length + part.length > maxLength) {
      parts.push(part.slice(0, maxLength - length));
      throw new Full();
    }
    length += part.length;
    parts.push(part);
  };
  const newLine = (depth: number): void => push(depth <= MAX_INDENTED_DEPTH ? `\n${"  ".repeat(depth)}` : " ");

  const container = (open: string, close: string, depth: number, count: number, write: (index: number) => void): void => {
    push(open);
    for (let index = 0; index < count; index++) {
      if (index > 0) push(",");
      newLine(depth + 1);
      write(index);
    }
    if (count > 0) newLine(depth);
    push(close);
  };

  const map = ({ entries }: MapNode, depth: number): void => {
    if (isPlain(entries)) {
      container("{", "}", depth, entries.length, (index) => {
        const [key, value] = entries[index] ?? NO_ENTRY;
        push(`${JSON.stringify(key.t === "text" ? key.v : "")}: `);
        write(value, depth + 1);
      });
      return;
    }
    push('{"$map": ');
    container("[", "]", depth, entries.length, (index) => {
      const [key, value] = entries[index] ?? NO_ENTRY;
      push("[");
      write(key, depth + 1);
      push(", ");
      write(value, depth + 1);
      push("]");
    });
    push("}");
  };

  const write = (node: Node, depth: number): void => {
    switch (node.t) {
      case "null":
        return push("null");
      case "bool":
        return push(String(node.v));
      case "integer":
        return push(String(node.v));
      case "float":
        return push(floatText(node));
      case "text":
        return push(JSON.stringify(node.v));
      case "bytes":
        return push(`{"$bytes": "${base64Of(node.v)}"}`);
      case "rawtext":
        return push(`{"$rawtext": "${base64Of(node.v)}"}`);
      case "list":
        return container("[", "]", depth, node.items.length, (index) => write(node.items[index] ?? NOTHING, depth + 1));
      case "map":
        return map(node, depth);
      case "mark":
        push(`{"${node.name}": `);
        write(node.value, depth);
        return push("}");
    }
  };

  try {
    write(root, 0);
    return { text: parts.join(""), cut: false };
  } catch (error) {
    if (error instanceof Full) return { text: parts.join(""), cut: true };
    throw error;
  }
}

const NOTHING: Node = { t: "null", at: 0 };
const NO_ENTRY = [NOTHING, NOTHING] as const;

/** Whether a map can be a JSON object: text keys, none twice, and no single one that looks like a mark. */
function isPlain(entries: MapNode["entries"]): boolean {
  const seen = new Set<string>();
  for (const [key] of entries) {
    if (key.t !== "text" || seen.has(key.v)) return false;
    seen.add(key.v);
  }
  return entries.length !== 1 || ![...seen].some((key) => key.startsWith("$"));
}

function floatText({ v, width, bits }: FloatNode): string {
  const text = bits !== null ? `"0x${bits.toString(16).padStart(width * 2, "0")}"` : Number.isFinite(v) ? digitsOf(v, width) : `"${v}"`;
  if (width === 8) return text.startsWith('"') ? `{"$float": ${text}}` : text;
  return `{"${width === 4 ? "$float32" : "$float16"}": ${text}}`;
}

/** The shortest digits that mean this number at this width, always with a point or an exponent. */
function digitsOf(v: number, width: 2 | 4 | 8): string {
  if (Object.is(v, -0)) return "-0.0";
  const digits = width === 4 ? shortest32(v) : String(v);
  return /[.e]/.test(digits) ? digits : `${digits}.0`;
}

/** The shortest digits that 32 bits round to this number. */
export function shortest32(v: number): string {
  for (let precision = 1; precision <= 8; precision++) {
    const short = String(Number(v.toPrecision(precision)));
    if (Math.fround(Number(short)) === v) return short;
  }
  return String(Number(v.toPrecision(9)));
}
