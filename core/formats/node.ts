/**
 * A decoded value, exact enough to be encoded again: integers of any size, floats by their width, binary and text that
 * is no UTF-8 as bytes, maps as entries in their order. `at` is an offset: into the bytes it was decoded from, or into
 * the text it was read from.
 */
export type Node =
  | { readonly t: "null"; readonly at: number }
  | { readonly t: "bool"; readonly at: number; readonly v: boolean }
  | { readonly t: "integer"; readonly at: number; readonly v: bigint }
  | FloatNode
  | { readonly t: "text"; readonly at: number; readonly v: string }
  /** Text by its type, but not UTF-8. */
  | { readonly t: "rawtext"; readonly at: number; readonly v: Uint8Array }
  | { readonly t: "bytes"; readonly at: number; readonly v: Uint8Array }
  | ListNode
  | MapNode
  /** What JSON has no word for, under a name that begins with `$`: see notation-write.ts. */
  | MarkNode;

/** `width` in bytes. `bits` of a NaN other than the usual one, which no number can hold; otherwise null. */
export type FloatNode = { readonly t: "float"; readonly at: number; readonly v: number; readonly width: 2 | 4 | 8; readonly bits: bigint | null };
type ListNode = { readonly t: "list"; readonly at: number; readonly items: Node[] };
export type MapNode = { readonly t: "map"; readonly at: number; readonly entries: Entry[] };
export type Entry = readonly [key: Node, value: Node];
export type MarkNode = { readonly t: "mark"; readonly at: number; readonly name: string; readonly value: Node };

/**
 * Why a decoder stopped: the bytes end too early, are none of this format, go on after the value, nest too deep, hold too
 * many values, hold a type this schema does not describe, or grow beyond what is unpacked.
 */
export type StopCode = "cut_short" | "malformed" | "trailing" | "too_deep" | "too_many" | "no_such_type" | "too_large";

/** A decoder stops here. `at` is an offset into its bytes. */
export class Stop extends Error {
  readonly code: StopCode;
  readonly at: number;
  constructor(code: StopCode, at: number) {
    super(`${code} at byte ${at}`);
    this.name = "Stop";
    this.code = code;
    this.at = at;
  }
}

/** Why an edited text can not be encoded. `what` names the field, the type that is expected, or the limit. */
export type RefusalCode =
  | "not_json"
  | "too_deep"
  | "bad_mark"
  | "out_of_range"
  | "wrong_type"
  | "repeated_key"
  | "half_character"
  | "missing_field"
  | "unknown_field"
  | "unknown_symbol";

/** An edited text is refused. `at` is an offset into it. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly at: number;
  readonly what: string;
  constructor(code: RefusalCode, at: number, what = "") {
    super(`${code} at character ${at}: ${what}`);
    this.name = "Refusal";
    this.code = code;
    this.at = at;
    this.what = what;
  }
}

/** Levels that are decoded, and that a text may have. */
export const MAX_DEPTH = 200;

/** Counts values and levels while a decoder runs, so that a few bytes can not ask for all of the memory. */
export class Budget {
  #left: number;
  #depth = 0;
  constructor(maxValues: number) {
    this.#left = maxValues;
  }
  /** Before each value. Throws Stop. */
  spend(at: number): void {
    if (this.#left-- <= 0) throw new Stop("too_many", at);
  }
  /** Throws Stop. */
  enter(at: number): void {
    if (++this.#depth > MAX_DEPTH) throw new Stop("too_deep", at);
  }
  leave(): void {
    this.#depth--;
  }
}

/** What a decoder came to: the value as far as it could be read, and why it stopped if it did. */
export type Decoded = { readonly root: Node | null; readonly stop: Stop | null };

/**
 * Runs a decoder that hands over its root as soon as it is made: containers fill while it runs, so what was read before
 * a stop is there.
 */
export function decoded(run: (root: (node: Node) => void) => void): Decoded {
  let root: Node | null = null;
  const keep = (node: Node): void => {
    root ??= node;
  };
  try {
    run(keep);
    return { root, stop: null };
  } catch (error) {
    if (error instanceof Stop) return { root, stop: error };
    throw error;
  }
}
