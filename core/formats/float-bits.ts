import { bitsOfFloat16 } from "./float16.ts";
import { Refusal, type FloatNode } from "./node.ts";

/** The IEEE 754 bits of a float at its width. Throws Refusal for a number it can not hold: 16 bits are exact, 32 are rounded. */
export function bitsOfFloat({ v, width, bits, at }: FloatNode): bigint {
  if (bits !== null) return bits;
  if (width === 2) {
    const half = bitsOfFloat16(v);
    if (half === null) throw new Refusal("out_of_range", at, "float16");
    return BigInt(half);
  }
  const view = new DataView(new ArrayBuffer(8));
  if (width === 4 && Number.isFinite(v) && !Number.isFinite(Math.fround(v))) throw new Refusal("out_of_range", at, "float32");
  if (width === 4) view.setFloat32(4, v);
  else view.setFloat64(0, v);
  return view.getBigUint64(0);
}
