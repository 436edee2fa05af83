import { ByteReader } from "#core/formats/byte-reader.ts";
import { readAvro } from "#core/formats/avro-read.ts";
import { readAvroSchema } from "#core/formats/avro-schema.ts";
import { writeAvro } from "#core/formats/avro-write.ts";
import { Stop, type Decoded, type Node } from "#core/formats/node.ts";
import { readProtobuf } from "#core/formats/protobuf-read.ts";
import { writeProtobuf } from "#core/formats/protobuf-write.ts";
import { REGISTRY_HEADER, type StoredSchema } from "#core/message/views.ts";
import { protoTypeAt } from "./proto-schema.ts";

/** A value behind a registry's header: what is in front of it, and how it is read and written. */
export type SchemaValue = {
  /** Zero, the schema's id, and of Protobuf the message's indexes: kept as they came. */
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  /** Null: the value is JSON text, which needs no schema to be read. */
  readonly codec: { readonly read: (bytes: Uint8Array, maxValues: number) => Decoded; readonly write: (root: Node) => Uint8Array } | null;
};

/** Throws SchemaFault when the schema is none, Stop when the bytes name a message it does not have. */
export function schemaValue(bytes: Uint8Array, schema: StoredSchema): SchemaValue {
  if (schema.type === "PROTOBUF") return protobufValue(bytes, schema);
  const head = bytes.subarray(0, REGISTRY_HEADER);
  const body = bytes.subarray(REGISTRY_HEADER);
  if (schema.type === "JSON") return { head, body, codec: null };
  const type = readAvroSchema(schema.text, schema.references.map(({ text }) => text));
  return { head, body, codec: { read: (value, max) => readAvro(value, type, max), write: (root) => writeAvro(root, type) } };
}

/** Levels of messages inside messages that a header may lead through. */
const MAX_INDEXES = 32;

/** Which message of the file it is: how many indexes, then each, zigzag varints; a single zero is the first message. */
function protobufValue(bytes: Uint8Array, schema: StoredSchema): SchemaValue {
  const reader = new ByteReader(bytes);
  reader.take(REGISTRY_HEADER);
  const count = reader.count(reader.zigzag());
  if (count > MAX_INDEXES) throw new Stop("malformed", REGISTRY_HEADER);
  const indexes = Array.from({ length: count }, () => reader.count(reader.zigzag()));
  const type = protoTypeAt(schema, indexes);
  return {
    head: bytes.subarray(0, reader.at),
    body: bytes.subarray(reader.at),
    codec: { read: (value, max) => readProtobuf(value, type, max), write: (root) => writeProtobuf(root, type) },
  };
}
