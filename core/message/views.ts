import { contentTypeOf } from "./native-facts.ts";
import { headerText, type Header } from "./header.ts";
import type { Native } from "./native.ts";
import { describe } from "./payload.ts";

/** What a body may be packed in. */
const ENCODINGS = ["gzip", "zstd", "snappy", "lz4"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What a body may be written in, besides text. `registry`: a schema's id before a value that the schema describes. */
const FORMATS = ["messagepack", "cbor", "registry"] as const;
type Format = (typeof FORMATS)[number];
export type StepKind = Encoding | Format;
export const STEP_KINDS = [...ENCODINGS, ...FORMATS] as const;

export const isEncoding = (kind: StepKind): kind is Encoding => ENCODINGS.some((encoding) => encoding === kind);

/** One layer that was taken off a body, outermost first. */
export type Step = {
  readonly kind: StepKind;
  /** By the message's content type or encoding, by what the bytes look like, or by the reader's choice. */
  readonly how: "declared" | "guessed" | "chosen";
  /** Of `registry`: the schema's id, and its type once it is known. */
  readonly schema: { readonly id: number; readonly type: SchemaType | null } | null;
};

export const SCHEMA_TYPES = ["AVRO", "PROTOBUF", "JSON"] as const;
export type SchemaType = (typeof SCHEMA_TYPES)[number];

/** A schema as the registry has it, with the texts it refers to, those they need first. */
export type StoredSchema = {
  readonly type: SchemaType;
  readonly text: string;
  /** `name` is what the schema calls it: a full name in Avro, the path of an import in Protobuf. */
  readonly references: readonly { readonly name: string; readonly text: string }[];
};

/** What a message says about its own body. */
export type Declared = { readonly encodings: readonly Encoding[]; readonly format: "messagepack" | "cbor" | null };

const CODINGS: Readonly<Record<string, Encoding>> = { gzip: "gzip", "x-gzip": "gzip", zstd: "zstd", snappy: "snappy", "x-snappy-framed": "snappy", lz4: "lz4" };
const ENCODING_HEADERS = new Set(["content-encoding", "contentencoding", "content_encoding"]);

/** `content-encoding` lists what was applied, in order; what a reader takes off first comes first here. */
export function declaredIn(native: Native, headers: readonly Header[]): Declared {
  const listed = encodingOf(native, headers)?.toLowerCase().split(",") ?? [];
  const type = contentTypeOf(native, headers)?.toLowerCase().split(";")[0]?.trim() ?? "";
  const packed = CODINGS[type.replace(/^application\/(?:x-)?/, "")];
  const encodings = listed.slice(-8).flatMap((name) => CODINGS[name.trim()] ?? []);
  return { encodings: [...(packed === undefined ? [] : [packed]), ...encodings].toReversed(), format: formatOf(type) };
}

function encodingOf(native: Native, headers: readonly Header[]): string | null {
  if (native.transport === "amqp-0.9.1" && native.properties.contentEncoding !== undefined) return native.properties.contentEncoding;
  const header = headers.find(({ name }) => ENCODING_HEADERS.has(name.toLowerCase()));
  return header === undefined ? null : headerText([header], header.name);
}

function formatOf(type: string): Declared["format"] {
  if (/^application\/(?:x-|vnd\.)?(?:msgpack|messagepack)$|\+msgpack$/.test(type)) return "messagepack";
  return /^application\/cbor$|\+cbor$/.test(type) ? "cbor" : null;
}

const starts = (bytes: Uint8Array, ...magic: readonly number[]): boolean => magic.every((byte, at) => bytes[at] === byte);

/** The encoding whose first bytes these are, or null. Raw Snappy has none. */
export function guessedEncoding(bytes: Uint8Array): Encoding | null {
  if (starts(bytes, 0x1f, 0x8b, 0x08)) return "gzip";
  if (starts(bytes, 0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (starts(bytes, 0x04, 0x22, 0x4d, 0x18)) return "lz4";
  if (starts(bytes, ...SNAPPY_FRAMED) || starts(bytes, ...SNAPPY_XERIAL)) return "snappy";
  return null;
}

/** The stream identifier of Snappy's framing format. */
export const SNAPPY_FRAMED = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59] as const;
/** What Java's snappy-java puts in front of its blocks. */
export const SNAPPY_XERIAL = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00] as const;

/** Bytes before the value in the registries' wire format: a zero and the schema's id, four bytes. */
export const REGISTRY_HEADER = 5;

/** The id of the schema in front of a value, or null when there is none. */
export function schemaIdOf(bytes: Uint8Array): number | null {
  if (bytes.length < REGISTRY_HEADER || bytes[0] !== 0) return null;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(1);
}

/** Bytes of a body that tell text from binary. */
export const LOOKED_AT = 65_536;

/** Whether a body, of which these are the first bytes, has surely no layer that could be taken off. */
export const isPlain = (head: Uint8Array, declared: Declared, registry: boolean): boolean =>
  declared.encodings.length === 0 &&
  declared.format === null &&
  guessedEncoding(head) === null &&
  !(registry && schemaIdOf(head) !== null) &&
  describe(head, null, { maxBytes: Math.max(head.length - 1, 1) }).kind !== "binary";
