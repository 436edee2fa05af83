import { ByteReader } from "./byte-reader.ts";
import { Budget, decoded, Stop, type Decoded, type Node } from "./node.ts";
import { plainFloat } from "./plain-float.ts";
import { WIRE, wireOf, type ProtoField, type ProtoKind, type ProtoMessage } from "./protobuf-type.ts";

/** Under this key stand the fields that the schema does not name: number, wire type, value. */
export const UNKNOWN_FIELDS = "$unknown";

/** Decodes a Protobuf message by its type. Only fields that are on the wire are shown, in the order they come in. */
export function readProtobuf(bytes: Uint8Array, type: ProtoMessage, maxValues: number): Decoded {
  return decoded((root) => {
    const reader = new ByteReader(bytes, "little");
    message(reader, type, bytes.length, new Budget(maxValues), root);
    reader.end();
  });
}

type Made = (node: Node) => void;
type Fields = [key: Node, value: Node][];

/** A message up to the offset `end`, or up to its end of group when `end` is that group's number. */
function message(reader: ByteReader, type: ProtoMessage, end: number | { readonly group: number }, budget: Budget, made: Made): void {
  const at = reader.at;
  budget.spend(at);
  budget.enter(at);
  const entries: Fields = [];
  made({ t: "map", at, entries });
  const places = new Map<string, number>();
  while (typeof end === "object" || reader.at < end) {
    const start = reader.at;
    const tag = reader.varint();
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (wire === WIRE.endGroup && typeof end === "object" && number === end.group) break;
    if (tag > 0xffff_ffffn || number === 0 || wire === WIRE.endGroup) throw new Stop("malformed", start);
    const field = type.byNumber.get(number);
    if (field !== undefined && fits(field, wire)) read(reader, field, wire, budget, (node) => place(entries, places, field, node));
    else place(entries, places, null, unknown(reader, number, wire, budget));
  }
  if (typeof end === "number" && reader.at !== end) throw new Stop("malformed", reader.at);
  budget.leave();
}

const isPackable = (kind: ProtoKind): boolean => wireOf(kind) !== WIRE.sized && wireOf(kind) !== WIRE.startGroup;

const fits = ({ kind, key, repeated }: ProtoField, wire: number): boolean =>
  wire === (key === null ? wireOf(kind) : WIRE.sized) || (wire === WIRE.sized && repeated && isPackable(kind));

/** Puts a value where its field stands already, or at the end. A field that may not repeat has its last value. */
function place(entries: Fields, places: Map<string, number>, field: ProtoField | null, node: Node): void {
  const name = field?.name ?? UNKNOWN_FIELDS;
  const index = places.get(name);
  const [key, before] = (index === undefined ? undefined : entries[index]) ?? [{ t: "text", at: node.at, v: name } as const, null];
  const value = joined(field, before, node);
  if (index !== undefined) entries[index] = [key, value];
  else {
    places.set(name, entries.length);
    entries.push([key, value]);
  }
}

function joined(field: ProtoField | null, before: Node | null, node: Node): Node {
  if (field === null || field.repeated) {
    const more = node.t === "list" && node.at === PACKED ? node.items : [node];
    if (before?.t !== "list") return { t: "list", at: node.at, items: more };
    for (const item of more) before.items.push(item);
    return before;
  }
  if (field.key === null || node.t !== "map") return node;
  if (before?.t !== "map") return node;
  before.entries.push(...node.entries);
  return before;
}

/** The offset that tells a list of packed numbers from a value. */
const PACKED = -1;

function read(reader: ByteReader, field: ProtoField, wire: number, budget: Budget, made: Made): void {
  if (field.key !== null) return mapEntry(reader, field, field.key, budget, made);
  if (wire !== WIRE.sized || !isPackable(field.kind)) return value(reader, field, field.kind, budget, made);
  const end = sizedEnd(reader);
  const items: Node[] = [];
  made({ t: "list", at: PACKED, items });
  while (reader.at < end) value(reader, field, field.kind, budget, (item) => items.push(item));
  if (reader.at !== end) throw new Stop("malformed", reader.at);
}

/** The offset after what a length announces. Throws Stop when it lies beyond the bytes. */
function sizedEnd(reader: ByteReader): number {
  const size = reader.count(reader.varint());
  if (size > reader.left) throw new Stop("cut_short", reader.bytes.length);
  return reader.at + size;
}

/** An entry of a map is a message of key (1) and value (2); text keys as they are, others as their text. */
function mapEntry(reader: ByteReader, field: ProtoField, key: ProtoKind, budget: Budget, made: Made): void {
  const at = reader.at;
  const end = sizedEnd(reader);
  const keyField: ProtoField = { number: 1, name: "key", kind: key, repeated: false, packed: false, key: null };
  const valueField: ProtoField = { number: 2, name: "value", kind: field.kind, repeated: false, packed: false, key: null };
  const entry: ProtoMessage = { name: "", byNumber: new Map([[1, keyField], [2, valueField]]), byName: new Map() };
  const read: Node[] = [];
  message(reader, entry, end, budget, (node) => read.push(node));
  const entries = read[0]?.t === "map" ? read[0].entries : [];
  const found = (name: string): Node | undefined => entries.find(([node]) => node.t === "text" && node.v === name)?.[1];
  const keyNode = found("key");
  const valueNode = found("value") ?? emptyOf(field.kind, at);
  made({ t: "map", at, entries: [[keyNode === undefined ? { t: "text", at, v: emptyKey(key) } : keyText(keyNode), valueNode]] });
}

const keyText = (node: Node): Node => (node.t === "integer" || node.t === "bool" ? { t: "text", at: node.at, v: String(node.v) } : node);
const emptyKey = ({ k }: ProtoKind): string => (k === "string" ? "" : k === "bool" ? "false" : "0");

/** What an absent value means. */
function emptyOf(kind: ProtoKind, at: number): Node {
  switch (kind.k) {
    case "string":
      return { t: "text", at, v: "" };
    case "bytes":
      return { t: "bytes", at, v: new Uint8Array() };
    case "bool":
      return { t: "bool", at, v: false };
    case "float":
    case "double":
      return { t: "float", at, v: 0, width: 8, bits: null };
    case "message":
    case "group":
      return { t: "map", at, entries: [] };
    case "enum": {
      const name = kind.names.get(0);
      return name === undefined ? { t: "integer", at, v: 0n } : { t: "text", at, v: name };
    }
    default:
      return { t: "integer", at, v: 0n };
  }
}

function value(reader: ByteReader, { number }: ProtoField, kind: ProtoKind, budget: Budget, made: Made): void {
  const at = reader.at;
  switch (kind.k) {
    case "message":
      return message(reader, kind.of, sizedEnd(reader), budget, made);
    case "group":
      return message(reader, kind.of, { group: number }, budget, made);
  }
  budget.spend(at);
  switch (kind.k) {
    case "string":
      return made({ ...reader.text(reader.count(reader.varint())), at });
    case "bytes":
      return made({ t: "bytes", at, v: reader.take(reader.count(reader.varint())) });
    case "bool":
      return made({ t: "bool", at, v: reader.varint() !== 0n });
    case "double":
      return made(reader.float(8));
    case "float":
      return made(plainFloat(reader.float(4)));
    case "enum": {
      const v = BigInt.asIntN(32, reader.varint());
      const name = kind.names.get(Number(v));
      return made(name === undefined ? { t: "integer", at, v } : { t: "text", at, v: name });
    }
    default:
      return made({ t: "integer", at, v: integer(reader, kind.k) });
  }
}

function integer(reader: ByteReader, k: Exclude<ProtoKind["k"], "message" | "group" | "enum">): bigint {
  switch (k) {
    case "int32":
      return BigInt.asIntN(32, reader.varint());
    case "int64":
      return BigInt.asIntN(64, reader.varint());
    case "uint32":
      return BigInt.asUintN(32, reader.varint());
    case "sint32":
    case "sint64":
      return reader.zigzag();
    case "fixed32":
      return reader.unsigned(4);
    case "fixed64":
      return reader.unsigned(8);
    case "sfixed32":
      return reader.signed(4);
    case "sfixed64":
      return reader.signed(8);
    default:
      return reader.varint();
  }
}

function unknown(reader: ByteReader, number: number, wire: number, budget: Budget): Node {
  const at = reader.at;
  budget.spend(at);
  const items: Node[] = [
    { t: "integer", at, v: BigInt(number) },
    { t: "integer", at, v: BigInt(wire) },
    wire === WIRE.varint ? { t: "integer", at, v: reader.varint() } : { t: "bytes", at, v: raw(reader, number, wire, budget) },
  ];
  return { t: "list", at, items };
}

/** The bytes of a value nobody knows; of a group, with its end. */
function raw(reader: ByteReader, number: number, wire: number, budget: Budget): Uint8Array {
  const start = reader.at;
  switch (wire) {
    case WIRE.varint:
      reader.varint();
      break;
    case WIRE.fixed64:
      return reader.take(8);
    case WIRE.fixed32:
      return reader.take(4);
    case WIRE.sized:
      return reader.take(reader.count(reader.varint()));
    case WIRE.startGroup: {
      budget.enter(start);
      for (;;) {
        const tag = reader.varint();
        const inner = Number(tag & 7n);
        if (inner === WIRE.endGroup) {
          if (Number(tag >> 3n) !== number) throw new Stop("malformed", reader.at);
          break;
        }
        budget.spend(reader.at);
        raw(reader, Number(tag >> 3n), inner, budget);
      }
      budget.leave();
      break;
    }
    default:
      throw new Stop("malformed", start);
  }
  return reader.bytes.subarray(start, reader.at);
}
