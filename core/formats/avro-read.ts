import { branchName, optionalOf, type AvroType } from "./avro-schema.ts";
import { ByteReader } from "./byte-reader.ts";
import { Budget, decoded, Stop, type Decoded, type Node } from "./node.ts";
import { plainFloat } from "./plain-float.ts";

/** Decodes one value in Avro's binary encoding by the schema it was written with. */
export function readAvro(bytes: Uint8Array, type: AvroType, maxValues: number): Decoded {
  return decoded((root) => {
    const reader = new ByteReader(bytes, "little");
    readValue(reader, type, new Budget(maxValues), root);
    reader.end();
  });
}

type Made = (node: Node) => void;

function readValue(reader: ByteReader, type: AvroType, budget: Budget, made: Made): void {
  const at = reader.at;
  budget.spend(at);
  switch (type.k) {
    case "null":
      return made({ t: "null", at });
    case "boolean": {
      const byte = reader.u8();
      if (byte > 1) throw new Stop("malformed", at);
      return made({ t: "bool", at, v: byte === 1 });
    }
    case "int":
    case "long": {
      const v = reader.zigzag();
      if (type.k === "int" && BigInt.asIntN(32, v) !== v) throw new Stop("malformed", at);
      return made({ t: "integer", at, v });
    }
    case "float":
      return made(plainFloat(reader.float(4)));
    case "double":
      return made(reader.float(8));
    case "bytes":
      return made({ t: "bytes", at, v: reader.take(reader.count(reader.zigzag())) });
    case "string":
      return made({ ...reader.text(reader.count(reader.zigzag())), at });
    case "fixed":
      return made({ t: "bytes", at, v: reader.take(type.size) });
    case "enum": {
      const symbol = type.symbols[reader.count(reader.zigzag())];
      if (symbol === undefined) throw new Stop("malformed", at);
      return made({ t: "text", at, v: symbol });
    }
    case "record": {
      const entries: [Node, Node][] = [];
      made({ t: "map", at, entries });
      budget.enter(at);
      for (const field of type.fields)
        readValue(reader, field.type, budget, (value) => entries.push([{ t: "text", at, v: field.name }, value]));
      return budget.leave();
    }
    case "array": {
      const items: Node[] = [];
      made({ t: "list", at, items });
      budget.enter(at);
      blocks(reader, () => readValue(reader, type.items, budget, (item) => items.push(item)));
      return budget.leave();
    }
    case "map": {
      const entries: [Node, Node][] = [];
      made({ t: "map", at, entries });
      budget.enter(at);
      blocks(reader, () => {
        const key = reader.text(reader.count(reader.zigzag()));
        readValue(reader, type.values, budget, (value) => entries.push([key, value]));
      });
      return budget.leave();
    }
    case "union":
      return union(reader, type.branches, budget, at, made);
  }
}

/** Items come in blocks, each behind its count; a negative count is followed by the block's size in bytes. */
function blocks(reader: ByteReader, item: () => void): void {
  for (;;) {
    const count = reader.zigzag();
    if (count === 0n) return;
    if (count < 0n) reader.zigzag();
    const items = reader.count(count < 0n ? -count : count);
    for (let index = 0; index < items; index++) item();
  }
}

function union(reader: ByteReader, branches: readonly AvroType[], budget: Budget, at: number, made: Made): void {
  const branch = branches[reader.count(reader.zigzag())];
  if (branch === undefined) throw new Stop("malformed", at);
  if (branch.k === "null" || optionalOf(branches) !== null) return readValue(reader, branch, budget, made);
  const items: Node[] = [{ t: "text", at, v: branchName(branch) }];
  made({ t: "mark", at, name: "$union", value: { t: "list", at, items } });
  readValue(reader, branch, budget, (value) => items.push(value));
}
