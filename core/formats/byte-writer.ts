/** Bytes that grow. Integers of more than one byte are written in the given byte order. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #littleEndian: boolean;

  constructor(byteOrder: "big" | "little" = "big") {
    this.#littleEndian = byteOrder === "little";
  }

  get length(): number {
    return this.#length;
  }

  u8(byte: number): void {
    // first the room: it may put other bytes in place
    const at = this.#room(1);
    this.#bytes[at] = byte;
  }

  /** The low bytes of an integer, two's complement when it is negative. */
  integer(value: bigint, width: 1 | 2 | 4 | 8): void {
    const at = this.#room(width);
    const bits = BigInt.asUintN(width * 8, value);
    if (width === 1) this.#view.setUint8(at, Number(bits));
    else if (width === 2) this.#view.setUint16(at, Number(bits), this.#littleEndian);
    else if (width === 4) this.#view.setUint32(at, Number(bits), this.#littleEndian);
    else this.#view.setBigUint64(at, bits, this.#littleEndian);
  }

  float(value: number, width: 4 | 8): void {
    const at = this.#room(width);
    if (width === 4) this.#view.setFloat32(at, value, this.#littleEndian);
    else this.#view.setFloat64(at, value, this.#littleEndian);
  }

  /** Up to 64 bits, base-128, least significant group first. */
  varint(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.u8(Number(rest));
  }

  zigzag(value: bigint): void {
    this.varint((value << 1n) ^ (value >> 63n));
  }

  put(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #room(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length <= this.#bytes.length) return at;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length));
    larger.set(this.#bytes.subarray(0, at));
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
    return at;
  }
}
