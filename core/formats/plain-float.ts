import { bitsOfFloat } from "./float-bits.ts";
import { shortest32 } from "./notation-write.ts";
import { Refusal, type FloatNode, type Node } from "./node.ts";

/** A float of 32 bits where the schema says its width: 0.1 as `0.1`, without a mark. */
export const plainFloat = (node: FloatNode): FloatNode =>
  node.bits === null && Number.isFinite(node.v) ? { ...node, v: Number(shortest32(node.v)), width: 8 } : node.bits === null ? { ...node, width: 8 } : node;

/** The bits at the schema's width of what was edited; an integer is taken as a float. Throws Refusal. */
export function bitsByWidth(node: Node, width: 4 | 8): bigint {
  const word = width === 4 ? "float" : "double";
  if (node.t === "integer") return bitsOfFloat({ t: "float", at: node.at, v: Number(node.v), width, bits: null });
  if (node.t !== "float" || (node.bits !== null && node.width !== width)) throw new Refusal("wrong_type", node.at, word);
  return bitsOfFloat({ ...node, width });
}
