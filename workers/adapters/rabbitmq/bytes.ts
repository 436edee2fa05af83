import { Fault } from "#core/fault.ts";

export const invalid = (detail: string): Fault => new Fault("invalid", detail);

/** Reads forward through bytes of a stranger. Every method throws Fault `invalid` past the end. */
export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  get at(): number {
    return this.#at;
  }
  get done(): boolean {
    return this.#at === this.#bytes.length;
  }
  uint8(): number {
    return this.take(1).readUInt8();
  }
  uint16(): number {
    return this.take(2).readUInt16BE();
  }
  uint32(): number {
    return this.take(4).readUInt32BE();
  }
  /** The next `count` bytes, not copied. */
  take(count: number): Buffer {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw invalid(`${count} bytes announced, ${this.#bytes.length - this.#at} left`);
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
  /** What was read since position `start`, not copied. */
  since(start: number): Buffer {
    return this.#bytes.subarray(start, this.#at);
  }
}

/** Collects bytes; grows as needed. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(512);
  #at = 0;
  get at(): number {
    return this.#at;
  }
  uint8(value: number): void {
    this.#at = this.#room(1).writeUInt8(value, this.#at);
  }
  uint16(value: number): void {
    this.#at = this.#room(2).writeUInt16BE(value, this.#at);
  }
  uint32(value: number): void {
    this.#at = this.#room(4).writeUInt32BE(value, this.#at);
  }
  bytes(value: Uint8Array): void {
    this.#room(value.length).set(value, this.#at);
    this.#at += value.length;
  }
  /** Text up to 255 bytes of UTF-8 with its length; `what` names it in the Fault `invalid` for longer ones. */
  shortText(value: string, what: string): void {
    const length = Buffer.byteLength(value);
    if (length > 255) throw invalid(`${what} is ${length} bytes long, AMQP takes 255`);
    this.uint8(length);
    this.#at += this.#room(length).write(value, this.#at);
  }
  /** What `write` writes, with its length in four bytes before it. */
  withLength(write: () => void): void {
    const start = this.#at;
    this.uint32(0);
    write();
    this.#bytes.writeUInt32BE(this.#at - start - 4, start);
  }
  /** A copy of what was written. */
  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }
  #room(count: number): Buffer {
    const needed = this.#at + count;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, 0, 0, this.#at);
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}
