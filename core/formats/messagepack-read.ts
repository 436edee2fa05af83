import { ByteReader } from "./byte-reader.ts";
import { Budget, decoded, Stop, type Decoded, type Node } from "./node.ts";
import { timestampText } from "./timestamp.ts";

/** Decodes one MessagePack value (the specification of msgpack.org, version of 2017 with its timestamp extension). */
export function readMessagePack(bytes: Uint8Array, maxValues: number): Decoded {
  return decoded((root) => {
    const reader = new ByteReader(bytes);
    readValue(reader, new Budget(maxValues), root);
    reader.end();
  });
}

function readValue(reader: ByteReader, budget: Budget, made: (node: Node) => void): void {
  const at = reader.at;
  budget.spend(at);
  const first = reader.u8();
  if (first <= 0x7f) return made({ t: "integer", at, v: BigInt(first) });
  if (first >= 0xe0) return made({ t: "integer", at, v: BigInt(first - 0x100) });
  if (first <= 0x8f) return map(reader, budget, at, first & 0x0f, made);
  if (first <= 0x9f) return list(reader, budget, at, first & 0x0f, made);
  if (first <= 0xbf) return made(reader.text(first & 0x1f));
  switch (first) {
    case 0xc0:
      return made({ t: "null", at });
    case 0xc2:
    case 0xc3:
      return made({ t: "bool", at, v: first === 0xc3 });
    case 0xc4:
    case 0xc5:
    case 0xc6:
      return made({ t: "bytes", at, v: reader.take(length(reader, first - 0xc4)) });
    case 0xc7:
    case 0xc8:
    case 0xc9:
      return made(extension(reader, at, length(reader, first - 0xc7)));
    case 0xca:
      return made(reader.float(4));
    case 0xcb:
      return made(reader.float(8));
    case 0xcc:
    case 0xcd:
    case 0xce:
    case 0xcf:
      return made({ t: "integer", at, v: reader.unsigned(WIDTHS[first - 0xcc] ?? 8) });
    case 0xd0:
    case 0xd1:
    case 0xd2:
    case 0xd3:
      return made({ t: "integer", at, v: reader.signed(WIDTHS[first - 0xd0] ?? 8) });
    case 0xd4:
    case 0xd5:
    case 0xd6:
    case 0xd7:
    case 0xd8:
      return made(extension(reader, at, 1 << (first - 0xd4)));
    case 0xd9:
    case 0xda:
    case 0xdb:
      return made(reader.text(length(reader, first - 0xd9)));
    case 0xdc:
    case 0xdd:
      return list(reader, budget, at, length(reader, first - 0xdb), made);
    case 0xde:
    case 0xdf:
      return map(reader, budget, at, length(reader, first - 0xdd), made);
    default:
      throw new Stop("malformed", at);
  }
}

const WIDTHS = [1, 2, 4, 8] as const;
const length = (reader: ByteReader, width: number): number => Number(reader.unsigned(WIDTHS[width] ?? 4));

function list(reader: ByteReader, budget: Budget, at: number, count: number, made: (node: Node) => void): void {
  const items: Node[] = [];
  made({ t: "list", at, items });
  budget.enter(at);
  for (let index = 0; index < count; index++) readValue(reader, budget, (item) => items.push(item));
  budget.leave();
}

function map(reader: ByteReader, budget: Budget, at: number, count: number, made: (node: Node) => void): void {
  const entries: [Node, Node][] = [];
  made({ t: "map", at, entries });
  budget.enter(at);
  for (let index = 0; index < count; index++) {
    const keys: Node[] = [];
    readValue(reader, budget, (key) => keys.push(key));
    readValue(reader, budget, (value) => entries.push([keys[0] ?? value, value]));
  }
  budget.leave();
}

const TIMESTAMP = -1;

function extension(reader: ByteReader, at: number, size: number): Node {
  const type = Number(reader.signed(1));
  const bytes = reader.take(size);
  const time = type === TIMESTAMP ? timestampText(bytes) : null;
  if (time !== null) return { t: "mark", at, name: "$timestamp", value: { t: "text", at, v: time } };
  const items: Node[] = [
    { t: "integer", at, v: BigInt(type) },
    { t: "bytes", at, v: bytes },
  ];
  return { t: "mark", at, name: "$ext", value: { t: "list", at, items } };
}
