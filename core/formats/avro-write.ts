import { branchName, optionalOf, type AvroRecord, type AvroType } from "./avro-schema.ts";
import { ByteWriter } from "./byte-writer.ts";
import { Refusal, type Node } from "./node.ts";
import { bitsByWidth } from "./plain-float.ts";

/** Encodes a value in Avro's binary encoding by a schema; lists and maps are one block each. Throws Refusal. */
export function writeAvro(root: Node, type: AvroType): Uint8Array<ArrayBuffer> {
  const out = new ByteWriter("little");
  writeValue(out, root, type);
  return out.toBytes();
}

const wrong = (node: Node, type: AvroType): Refusal => new Refusal("wrong_type", node.at, branchName(type));

function writeValue(out: ByteWriter, node: Node, type: AvroType): void {
  switch (type.k) {
    case "null":
      if (node.t !== "null") throw wrong(node, type);
      return;
    case "boolean":
      if (node.t !== "bool") throw wrong(node, type);
      return out.u8(node.v ? 1 : 0);
    case "int":
    case "long": {
      if (node.t !== "integer") throw wrong(node, type);
      if (BigInt.asIntN(type.k === "int" ? 32 : 64, node.v) !== node.v) throw new Refusal("out_of_range", node.at, type.k);
      return out.zigzag(node.v);
    }
    case "float":
      return out.integer(bitsByWidth(node, 4), 4);
    case "double":
      return out.integer(bitsByWidth(node, 8), 8);
    case "bytes":
      if (node.t !== "bytes") throw wrong(node, type);
      return sized(out, node.v);
    case "string":
      return sized(out, textOf(node, type));
    case "fixed":
      if (node.t !== "bytes") throw wrong(node, type);
      if (node.v.length !== type.size) throw new Refusal("out_of_range", node.at, `${type.size}`);
      return out.put(node.v);
    case "enum": {
      const index = node.t === "text" ? type.symbols.indexOf(node.v) : -1;
      if (index < 0) throw new Refusal("unknown_symbol", node.at, type.symbols.join(", ").slice(0, 200));
      return out.zigzag(BigInt(index));
    }
    case "record":
      return record(out, node, type);
    case "array":
      if (node.t !== "list") throw wrong(node, type);
      if (node.items.length > 0) out.zigzag(BigInt(node.items.length));
      for (const item of node.items) writeValue(out, item, type.items);
      return out.u8(0);
    case "map":
      if (node.t !== "map") throw wrong(node, type);
      if (node.entries.length > 0) out.zigzag(BigInt(node.entries.length));
      for (const [key, value] of node.entries) {
        sized(out, textOf(key, { k: "string" }));
        writeValue(out, value, type.values);
      }
      return out.u8(0);
    case "union":
      return union(out, node, type.branches);
  }
}

function sized(out: ByteWriter, bytes: Uint8Array): void {
  out.zigzag(BigInt(bytes.length));
  out.put(bytes);
}

function textOf(node: Node, type: AvroType): Uint8Array {
  if (node.t === "text") return new TextEncoder().encode(node.v);
  if (node.t === "rawtext") return node.v;
  throw wrong(node, type);
}

function record(out: ByteWriter, node: Node, type: AvroRecord): void {
  if (node.t !== "map") throw wrong(node, type);
  const values = new Map<string, Node>();
  for (const [key, value] of node.entries) {
    if (key.t !== "text" || !type.fields.some(({ name }) => name === key.v)) throw new Refusal("unknown_field", key.at, key.t === "text" ? key.v : type.name);
    if (values.has(key.v)) throw new Refusal("repeated_key", key.at, key.v);
    values.set(key.v, value);
  }
  for (const field of type.fields) {
    const value = values.get(field.name);
    if (value === undefined) throw new Refusal("missing_field", node.at, field.name);
    writeValue(out, value, field.type);
  }
}

function union(out: ByteWriter, node: Node, branches: readonly AvroType[]): void {
  const write = (value: Node, branch: AvroType): void => {
    out.zigzag(BigInt(branches.indexOf(branch)));
    writeValue(out, value, branch);
  };
  const nothing = branches.find(({ k }) => k === "null");
  if (node.t === "null" && nothing !== undefined) return write(node, nothing);
  const only = optionalOf(branches);
  if (only !== null) return write(node, only);
  const [name, value, more] = node.t === "mark" && node.name === "$union" && node.value.t === "list" ? node.value.items : [];
  const branch = name?.t === "text" ? branches.find((candidate) => branchName(candidate) === name.v) : undefined;
  if (branch === undefined || value === undefined || more !== undefined)
    throw new Refusal("bad_mark", node.at, `$union: ${branches.map(branchName).join(", ").slice(0, 200)}`);
  write(value, branch);
}
