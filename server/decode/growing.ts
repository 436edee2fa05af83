import { Stop } from "#core/formats/node.ts";

/** Unpacked bytes that grow up to a limit; then it takes as much as fits and throws Stop `too_large`. */
export class Growing {
  #bytes: Uint8Array = new Uint8Array(64 * 1024);
  #length = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get length(): number {
    return this.#length;
  }

  /** `at`: the offset in the packed bytes, for the Stop. */
  put(bytes: Uint8Array, at: number): void {
    const fits = Math.min(bytes.length, this.#max - this.#length);
    this.#room(fits);
    this.#bytes.set(fits === bytes.length ? bytes : bytes.subarray(0, fits), this.#length);
    this.#length += fits;
    if (fits < bytes.length) throw new Stop("too_large", at);
  }

  /** Appends `count` bytes from `offset` back; they may overlap with what they make. */
  repeat(offset: number, count: number, at: number): void {
    const fits = Math.min(count, this.#max - this.#length);
    this.#room(fits);
    const bytes = this.#bytes;
    for (let index = this.#length, end = index + fits; index < end; index++) bytes[index] = bytes[index - offset] ?? 0;
    this.#length += fits;
    if (fits < count) throw new Stop("too_large", at);
  }

  /** What there is so far, not copied. */
  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(Math.max(this.#bytes.length * 2, needed), Math.max(this.#max, needed)));
    larger.set(this.view());
    this.#bytes = larger;
  }
}
