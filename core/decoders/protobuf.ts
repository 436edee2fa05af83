/** One field of a protobuf message: a number, or bytes. */
export type Field = { readonly number: number } & ({ readonly varint: bigint } | { readonly bytes: Uint8Array });

const VARINT = 0;
const BYTES = 2;
const MAX_VARINT_BYTES = 10;

/**
 * The fields of a protobuf message in order, or null when the bytes are none to the last one, or have fields of other
 * types than numbers and bytes. Source: protobuf.dev, Encoding. Any bytes may be read: nothing is believed of lengths.
 */
export function fieldsIn(bytes: Uint8Array): Field[] | null {
  const fields: Field[] = [];
  let at = 0;

  function varint(): bigint | null {
    let value = 0n;
    for (let size = 0; size < MAX_VARINT_BYTES; size++) {
      const byte = bytes[at++];
      if (byte === undefined) return null;
      value |= BigInt(byte & 0x7f) << BigInt(7 * size);
      if (byte < 0x80) return value < 2n ** 64n ? value : null;
    }
    return null;
  }

  while (at < bytes.length) {
    const tag = varint();
    const value = varint();
    if (tag === null || value === null || tag >> 3n === 0n || tag >> 3n > 2n ** 29n) return null;
    const number = Number(tag >> 3n);
    const type = Number(tag & 7n);
    if (type === VARINT) fields.push({ number, varint: value });
    else if (type === BYTES && value <= BigInt(bytes.length - at)) {
      fields.push({ number, bytes: bytes.subarray(at, at + Number(value)) });
      at += Number(value);
    } else return null;
  }
  return fields;
}
