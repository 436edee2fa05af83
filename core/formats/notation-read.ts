import { tokenAt, type Token } from "../json/scan.ts";
import { bytesOfBase64 } from "../message/bytes.ts";
import { NAN_BITS, floatOfBits } from "./byte-reader.ts";
import { MAX_DEPTH, Refusal, type Entry, type Node } from "./node.ts";

/** No integer of any format is longer; reading digits costs more than their number. */
const MAX_DIGITS = 2_000;

/** The value of a text in the notation of notation-write.ts. Throws Refusal that says where and why. */
export function readNotation(text: string): Node {
  const reader = new Reader(text);
  const root = reader.value(0);
  reader.end();
  return root;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    const rest = tokenAt(this.#text, this.#at);
    if (rest !== "end") throw new Refusal("not_json", this.#at);
  }

  value(depth: number): Node {
    const token = this.#next();
    const at = token.start;
    if (depth > MAX_DEPTH) throw new Refusal("too_deep", at, String(MAX_DEPTH));
    switch (token.kind) {
      case "{":
        return this.#object(at, depth);
      case "[":
        return { t: "list", at, items: this.#list("]", () => this.value(depth + 1)) };
      case "string":
        return { t: "text", at, v: this.#string(token) };
      case "number":
        return this.#number(token);
      case "literal": {
        const word = this.#text.slice(token.start, token.end);
        return word === "null" ? { t: "null", at } : { t: "bool", at, v: word === "true" };
      }
      default:
        throw new Refusal("not_json", at);
    }
  }

  #object(at: number, depth: number): Node {
    const entries: Entry[] = [];
    const seen = new Set<string>();
    this.#list("}", () => {
      const token = this.#expect("string");
      const name = this.#string(token);
      if (seen.has(name)) throw new Refusal("repeated_key", token.start, name);
      seen.add(name);
      this.#expect(":");
      entries.push([{ t: "text", at: token.start, v: name }, this.value(depth + 1)]);
    });
    const [first] = entries;
    if (entries.length === 1 && first?.[0].t === "text" && first[0].v.startsWith("$")) return marked(at, first[0].v, first[1]);
    return { t: "map", at, entries };
  }

  /** What stands between brackets, the opening one read already. */
  #list<T>(close: "]" | "}", item: () => T): T[] {
    const items: T[] = [];
    if (this.#peek()?.kind === close) {
      this.#next();
      return items;
    }
    for (;;) {
      items.push(item());
      const after = this.#next();
      if (after.kind === close) return items;
      if (after.kind !== ",") throw new Refusal("not_json", after.start);
    }
  }

  #number({ start, end }: Token): Node {
    const digits = this.#text.slice(start, end);
    if (/[.eE]/.test(digits)) {
      const v = Number(digits);
      if (!Number.isFinite(v)) throw new Refusal("out_of_range", start, "float64");
      return { t: "float", at: start, v, width: 8, bits: null };
    }
    if (digits.length > MAX_DIGITS) throw new Refusal("out_of_range", start, `${MAX_DIGITS}`);
    return { t: "integer", at: start, v: BigInt(digits) };
  }

  #string({ start, end }: Token): string {
    const text: string = JSON.parse(this.#text.slice(start, end));
    if (!text.isWellFormed()) throw new Refusal("half_character", start);
    return text;
  }

  #peek(): Token | null {
    const token = tokenAt(this.#text, this.#at);
    return typeof token === "string" ? null : token;
  }

  #next(): Token {
    const token = this.#peek();
    if (token === null) throw new Refusal("not_json", this.#at);
    this.#at = token.end;
    return token;
  }

  #expect(kind: Token["kind"]): Token {
    const token = this.#next();
    if (token.kind !== kind) throw new Refusal("not_json", token.start);
    return token;
  }
}

function marked(at: number, name: string, value: Node): Node {
  switch (name) {
    case "$bytes":
      return { t: "bytes", at, v: base64(name, value) };
    case "$rawtext":
      return { t: "rawtext", at, v: base64(name, value) };
    case "$float":
      return float(at, name, value, 8);
    case "$float32":
      return float(at, name, value, 4);
    case "$float16":
      return float(at, name, value, 2);
    case "$map": {
      if (value.t !== "list") throw new Refusal("bad_mark", value.at, name);
      return { t: "map", at, entries: value.items.map(pair) };
    }
    default:
      return { t: "mark", at, name, value };
  }
}

function pair(item: Node): Entry {
  const [key, value, more] = item.t === "list" ? item.items : [];
  if (key === undefined || value === undefined || more !== undefined) throw new Refusal("bad_mark", item.at, "$map");
  return [key, value];
}

function base64(name: string, value: Node): Uint8Array {
  const bytes = value.t === "text" ? bytesOfBase64(value.v) : null;
  if (bytes === null) throw new Refusal("bad_mark", value.at, name);
  return bytes;
}

const WORDS: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity };

function float(at: number, name: string, value: Node, width: 2 | 4 | 8): Node {
  if (value.t === "float") return { ...value, at, width };
  if (value.t === "integer") return { t: "float", at, v: Number(value.v), width, bits: null };
  if (value.t !== "text") throw new Refusal("bad_mark", value.at, name);
  if (Object.hasOwn(WORDS, value.v)) return { t: "float", at, v: WORDS[value.v] ?? Number.NaN, width, bits: null };
  if (!/^0x[0-9a-f]+$/i.test(value.v) || value.v.length !== 2 + width * 2) throw new Refusal("bad_mark", value.at, name);
  const bits = BigInt(value.v);
  const v = floatOfBits(bits, width);
  return { t: "float", at, v, width, bits: Number.isNaN(v) && bits !== NAN_BITS[width] ? bits : null };
}
