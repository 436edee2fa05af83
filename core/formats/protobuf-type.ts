/** How one value of a field is written. */
export type ProtoKind =
  | { readonly k: ProtoScalar }
  | { readonly k: "enum"; readonly names: ReadonlyMap<number, string>; readonly numbers: ReadonlyMap<string, number> }
  | { readonly k: "message" | "group"; readonly of: ProtoMessage };

export type ProtoScalar =
  | "double"
  | "float"
  | "int32"
  | "int64"
  | "uint32"
  | "uint64"
  | "sint32"
  | "sint64"
  | "fixed32"
  | "fixed64"
  | "sfixed32"
  | "sfixed64"
  | "bool"
  | "string"
  | "bytes";

export type ProtoField = {
  readonly number: number;
  readonly name: string;
  readonly kind: ProtoKind;
  readonly repeated: boolean;
  /** Whether numbers of a repeated field are written side by side. */
  readonly packed: boolean;
  /** Of a map field: the kind of its keys; `kind` is that of its values. */
  readonly key: ProtoKind | null;
};

/** A message type; its fields are filled in after it is made, so that it can hold itself. */
export type ProtoMessage = { readonly name: string; readonly byNumber: Map<number, ProtoField>; readonly byName: Map<string, ProtoField> };

export const WIRE = { varint: 0, fixed64: 1, sized: 2, startGroup: 3, endGroup: 4, fixed32: 5 } as const;

/** The wire type in which a kind is written. */
export function wireOf({ k }: ProtoKind): number {
  switch (k) {
    case "double":
    case "fixed64":
    case "sfixed64":
      return WIRE.fixed64;
    case "float":
    case "fixed32":
    case "sfixed32":
      return WIRE.fixed32;
    case "string":
    case "bytes":
    case "message":
      return WIRE.sized;
    case "group":
      return WIRE.startGroup;
    default:
      return WIRE.varint;
  }
}
