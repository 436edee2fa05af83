import { ByteWriter } from "./byte-writer.ts";
import { Refusal, type Node } from "./node.ts";
import { bitsByWidth } from "./plain-float.ts";
import { WIRE, wireOf, type ProtoField, type ProtoKind, type ProtoMessage, type ProtoScalar } from "./protobuf-type.ts";

/** Encodes a message by its type, its fields in the order they stand in. Throws Refusal. */
export function writeProtobuf(root: Node, type: ProtoMessage): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter("little");
  message(out, root, type);
  return out.toBytes();
}

function message(out: ByteWriter, node: Node, type: ProtoMessage): void {
  if (node.t !== "map") throw new Refusal("wrong_type", node.at, type.name);
  const seen = new Set<string>();
  for (const [key, value] of node.entries) {
    const field = key.t === "text" ? type.byName.get(key.v) : undefined;
    if (field === undefined) throw new Refusal("unknown_field", key.at, key.t === "text" ? key.v : type.name);
    if (seen.has(field.name)) throw new Refusal("repeated_key", key.at, field.name);
    seen.add(field.name);
    if (field.key !== null) map(out, value, field, field.key);
    else if (field.repeated) list(out, value, field);
    else tagged(out, value, field.number, field.kind);
  }
}

const tag = (out: ByteWriter, number: number, wire: number): void => out.varint((BigInt(number) << 3n) | BigInt(wire));

function sized(out: ByteWriter, bytes: Uint8Array): void {
  out.varint(BigInt(bytes.length));
  out.put(bytes);
}

function tagged(out: ByteWriter, node: Node, number: number, kind: ProtoKind): void {
  tag(out, number, wireOf(kind));
  if (kind.k === "message") sized(out, writeProtobuf(node, kind.of));
  else if (kind.k === "group") {
    message(out, node, kind.of);
    tag(out, number, WIRE.endGroup);
  } else value(out, node, kind);
}

function list(out: ByteWriter, node: Node, { kind, number, packed, name }: ProtoField): void {
  if (node.t !== "list") throw new Refusal("wrong_type", node.at, `repeated ${name}`);
  if (!packed) {
    for (const item of node.items) tagged(out, item, number, kind);
    return;
  }
  if (node.items.length === 0) return;
  const inner = new ByteWriter("little");
  for (const item of node.items) value(inner, item, kind);
  tag(out, number, WIRE.sized);
  sized(out, inner.toBytes());
}

function map(out: ByteWriter, node: Node, { kind, number, name }: ProtoField, key: ProtoKind): void {
  if (node.t !== "map") throw new Refusal("wrong_type", node.at, `map ${name}`);
  for (const [given, item] of node.entries) {
    const inner = new ByteWriter("little");
    tagged(inner, keyNode(given, key), 1, key);
    tagged(inner, item, 2, kind);
    tag(out, number, WIRE.sized);
    sized(out, inner.toBytes());
  }
}

/** Keys are text in the notation, whatever their kind. */
function keyNode(node: Node, { k }: ProtoKind): Node {
  if (k === "string" || node.t !== "text") return node;
  if (k === "bool" && (node.v === "true" || node.v === "false")) return { t: "bool", at: node.at, v: node.v === "true" };
  if (!/^-?\d{1,20}$/.test(node.v)) throw new Refusal("wrong_type", node.at, k);
  return { t: "integer", at: node.at, v: BigInt(node.v) };
}

/** Kinds that are written as integers: whether signed, and their bits. */
const INTEGERS: Readonly<Partial<Record<ProtoScalar, readonly [signed: boolean, bits: 32 | 64]>>> = {
  int32: [true, 32],
  int64: [true, 64],
  uint32: [false, 32],
  uint64: [false, 64],
  sint32: [true, 32],
  sint64: [true, 64],
  fixed32: [false, 32],
  fixed64: [false, 64],
  sfixed32: [true, 32],
  sfixed64: [true, 64],
};

function value(out: ByteWriter, node: Node, kind: ProtoKind): void {
  switch (kind.k) {
    case "string":
      if (node.t === "rawtext") return sized(out, node.v);
      if (node.t !== "text") throw new Refusal("wrong_type", node.at, kind.k);
      return sized(out, new TextEncoder().encode(node.v));
    case "bytes":
      if (node.t !== "bytes") throw new Refusal("wrong_type", node.at, kind.k);
      return sized(out, node.v);
    case "bool":
      if (node.t !== "bool") throw new Refusal("wrong_type", node.at, kind.k);
      return out.u8(node.v ? 1 : 0);
    case "double":
      return out.integer(bitsByWidth(node, 8), 8);
    case "float":
      return out.integer(bitsByWidth(node, 4), 4);
    case "enum": {
      const number = node.t === "text" ? kind.numbers.get(node.v) : undefined;
      if (number !== undefined) return out.varint(BigInt(number));
      if (node.t !== "integer") throw new Refusal("unknown_symbol", node.at, [...kind.numbers.keys()].join(", ").slice(0, 200));
      return out.varint(inRange(node.v, true, 32, node.at, "int32"));
    }
    case "message":
    case "group":
      throw new Refusal("wrong_type", node.at, kind.of.name);
    default:
      return integer(out, node, kind.k);
  }
}

function inRange(v: bigint, signed: boolean, bits: 32 | 64, at: number, name: string): bigint {
  if ((signed ? BigInt.asIntN(bits, v) : BigInt.asUintN(bits, v)) !== v) throw new Refusal("out_of_range", at, name);
  return v;
}

function integer(out: ByteWriter, node: Node, k: ProtoScalar): void {
  const [signed, bits] = INTEGERS[k] ?? [true, 64];
  if (node.t !== "integer") throw new Refusal("wrong_type", node.at, k);
  const v = inRange(node.v, signed, bits, node.at, k);
  if (k.includes("fixed")) out.integer(v, bits === 32 ? 4 : 8);
  else if (k.startsWith("sint")) out.zigzag(v);
  else out.varint(v);
}
