/** A type of an Avro schema (specification 1.12), resolved: named types are the objects themselves, recursive or not. */
export type AvroType =
  | { readonly k: "null" | "boolean" | "int" | "long" | "float" | "double" | "bytes" | "string" }
  | { readonly k: "fixed"; readonly name: string; readonly size: number }
  | { readonly k: "enum"; readonly name: string; readonly symbols: readonly string[] }
  | { readonly k: "array"; readonly items: AvroType }
  | { readonly k: "map"; readonly values: AvroType }
  | { readonly k: "union"; readonly branches: readonly AvroType[] }
  | AvroRecord;
export type AvroRecord = { readonly k: "record"; readonly name: string; readonly fields: { readonly name: string; readonly type: AvroType }[] };

/** A schema that is none. `message` names the place, in English. */
export class SchemaFault extends Error {}

const PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"] as const;
const MAX_SCHEMA_DEPTH = 100;
const MAX_FIXED = 64 * 1024 * 1024;

/** The type a schema describes. `references` are the texts of other schemas whose names it uses, in order. Throws SchemaFault. */
export function readAvroSchema(text: string, references: readonly string[] = []): AvroType {
  const names = new Map<string, AvroType>();
  for (const reference of references) typeOf(parsed(reference), "", names, 0);
  return typeOf(parsed(text), "", names, 0);
}

function parsed(text: string): unknown {
  // the registry writes a primitive's schema with its quotes or without
  if (PRIMITIVES.some((name) => name === text.trim())) return text.trim();
  try {
    return JSON.parse(text);
  } catch {
    throw new SchemaFault("the schema is no JSON");
  }
}

function typeOf(schema: unknown, space: string, names: Map<string, AvroType>, depth: number): AvroType {
  if (depth > MAX_SCHEMA_DEPTH) throw new SchemaFault("the schema nests too deep");
  if (typeof schema === "string") return named(schema, space, names);
  if (Array.isArray(schema)) {
    const branches = schema.map((branch: unknown) => typeOf(branch, space, names, depth + 1));
    if (branches.some(({ k }) => k === "union")) throw new SchemaFault("a union holds a union");
    return { k: "union", branches };
  }
  if (typeof schema !== "object" || schema === null) throw new SchemaFault("a type is neither a name, a list nor an object");
  const given = schema as Readonly<Record<string, unknown>>;
  switch (given["type"]) {
    case "array":
      return { k: "array", items: typeOf(given["items"], space, names, depth + 1) };
    case "map":
      return { k: "map", values: typeOf(given["values"], space, names, depth + 1) };
    case "record":
    case "error":
      return record(given, space, names, depth);
    case "enum":
      return define(given, space, names, (name) => ({ k: "enum", name, symbols: symbolsOf(given["symbols"], name) }));
    case "fixed":
      return define(given, space, names, (name) => ({ k: "fixed", name, size: sizeOf(given["size"], name) }));
    default:
      // {"type": "long", "logicalType": …} and {"type": {…}}
      return typeOf(given["type"], space, names, depth + 1);
  }
}

function named(name: string, space: string, names: Map<string, AvroType>): AvroType {
  const primitive = PRIMITIVES.find((known) => known === name);
  if (primitive !== undefined) return { k: primitive };
  const found = names.get(name.includes(".") || space === "" ? name : `${space}.${name}`) ?? names.get(name);
  if (found === undefined) throw new SchemaFault(`the schema does not say what ${name.slice(0, 200)} is`);
  return found;
}

type Given = Readonly<Record<string, unknown>>;

function fullName(given: Given, space: string): { readonly name: string; readonly space: string } {
  const name = given["name"];
  if (typeof name !== "string" || name === "") throw new SchemaFault("a named type has no name");
  const dot = name.lastIndexOf(".");
  if (dot >= 0) return { name, space: name.slice(0, dot) };
  const own = typeof given["namespace"] === "string" ? given["namespace"] : space;
  return { name: own === "" ? name : `${own}.${name}`, space: own };
}

function define(given: Given, space: string, names: Map<string, AvroType>, make: (name: string) => AvroType): AvroType {
  const { name } = fullName(given, space);
  const type = make(name);
  names.set(name, type);
  return type;
}

function record(given: Given, space: string, names: Map<string, AvroType>, depth: number): AvroType {
  const own = fullName(given, space);
  const type: AvroRecord = { k: "record", name: own.name, fields: [] };
  // before its fields: they may name it
  names.set(own.name, type);
  if (!Array.isArray(given["fields"])) throw new SchemaFault(`${own.name} has no fields`);
  for (const field of given["fields"] as unknown[]) {
    const { name, type: of } = (field ?? {}) as Given;
    if (typeof name !== "string") throw new SchemaFault(`a field of ${own.name} has no name`);
    type.fields.push({ name, type: typeOf(of, own.space, names, depth + 1) });
  }
  return type;
}

function symbolsOf(symbols: unknown, name: string): readonly string[] {
  if (!Array.isArray(symbols) || symbols.some((symbol) => typeof symbol !== "string")) throw new SchemaFault(`${name} has no symbols`);
  return symbols as string[];
}

function sizeOf(size: unknown, name: string): number {
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0 || size > MAX_FIXED) throw new SchemaFault(`${name} has no size`);
  return size;
}

/** How a union's branch is called in the notation: the full name of a named type, the type's word otherwise. */
export const branchName = (type: AvroType): string => ("name" in type ? type.name : type.k);

/** The other branch of a union of null and one type: there the value needs no name of a branch. */
export function optionalOf(branches: readonly AvroType[]): AvroType | null {
  if (branches.length !== 2) return null;
  const others = branches.filter(({ k }) => k !== "null");
  return others.length === 1 ? (others[0] ?? null) : null;
}
