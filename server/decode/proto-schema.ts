import protobuf from "protobufjs";
import { SchemaFault } from "#core/formats/avro-schema.ts";
import type { ProtoField, ProtoKind, ProtoMessage, ProtoScalar } from "#core/formats/protobuf-type.ts";
import { WIRE, wireOf } from "#core/formats/protobuf-type.ts";
import type { StoredSchema } from "#core/message/views.ts";

// Only the parser and its reflection are used: protobufjs' own decoder makes code out of the names in a schema.
const { common, Enum, MapField, parse, Root, Type } = protobuf;
/** Names the file in what is parsed next; protobufjs' types leave it out. */
const parsing = parse as typeof parse & { filename: string | null };
const isGroup = (type: protobuf.Type): boolean => "group" in type && type.group === true;
type Reflected = { readonly nestedArray: readonly protobuf.ReflectionObject[] };

/**
 * The message type that indexes lead to: the first counts the messages of the file, each further one those inside it.
 * Throws SchemaFault.
 */
export function protoTypeAt(schema: StoredSchema, indexes: readonly number[]): ProtoMessage {
  const [first = 0, ...inner] = indexes;
  let type = messagesOf(schema)[first];
  for (const index of inner) type = type === undefined ? type : typesIn(type)[index];
  if (type === undefined) throw new SchemaFault(`the schema has no message at ${indexes.join(", ")}`);
  return messageOf(type, new Map());
}

const MAIN = "the schema";

/** The messages at the top of the schema's own file, in their order. */
function messagesOf({ text, references }: StoredSchema): protobuf.Type[] {
  try {
    const root = new Root();
    for (const reference of references) read(root, reference.name, reference.text);
    read(root, MAIN, text);
    root.resolveAll();
    return topIn(root);
  } catch (error) {
    throw new SchemaFault(error instanceof Error ? error.message.slice(0, 300) : "the schema is no Protobuf");
  }
}

function read(root: protobuf.Root, name: string, text: string): void {
  parsing.filename = name;
  const { imports, weakImports } = parse(text, root, { keepCase: true });
  for (const path of [...(imports ?? []), ...(weakImports ?? [])]) {
    const known = common.get(path)?.nested;
    if (known !== undefined && known !== null) root.addJSON(known);
  }
}

const topIn = (space: Reflected): protobuf.Type[] =>
  space.nestedArray.flatMap((inner) => {
    if (inner instanceof Type) return inner.filename === MAIN && !isGroup(inner) ? [inner] : [];
    return "nestedArray" in inner ? topIn(inner as unknown as Reflected) : [];
  });

const typesIn = (type: protobuf.Type): protobuf.Type[] => type.nestedArray.filter((inner): inner is protobuf.Type => inner instanceof Type && !isGroup(inner));

function messageOf(type: protobuf.Type, made: Map<protobuf.Type, ProtoMessage>): ProtoMessage {
  const known = made.get(type);
  if (known !== undefined) return known;
  const message: ProtoMessage = { name: type.fullName.replace(/^\./, ""), byNumber: new Map(), byName: new Map() };
  made.set(type, message);
  for (const reflected of type.fieldsArray) {
    const field = fieldOf(reflected, made);
    message.byNumber.set(field.number, field);
    message.byName.set(field.name, field);
  }
  return message;
}

function fieldOf(field: protobuf.Field, made: Map<protobuf.Type, ProtoMessage>): ProtoField {
  const kind = kindOf(field, made);
  const packable = wireOf(kind) !== WIRE.sized && wireOf(kind) !== WIRE.startGroup;
  return {
    number: field.id,
    name: field.name,
    kind,
    repeated: field.repeated,
    packed: field.repeated && packable && field.packed,
    key: field instanceof MapField ? { k: field.keyType as ProtoScalar } : null,
  };
}

function kindOf(field: protobuf.Field, made: Map<protobuf.Type, ProtoMessage>): ProtoKind {
  const type = field.resolvedType;
  if (type instanceof Type) return { k: field.delimited ? "group" : "message", of: messageOf(type, made) };
  if (type instanceof Enum) {
    const numbers = new Map(Object.entries(type.values));
    // of two names of one number the first is shown
    return { k: "enum", numbers, names: new Map([...numbers].toReversed().map(([name, number]) => [number, name])) };
  }
  return { k: field.type as ProtoScalar };
}
