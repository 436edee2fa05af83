import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type * as kafkajsTypes from "kafkajs";
import type { KafkaMessage, Message } from "kafkajs";
import { decodeRecord, encodeRecord, type BatchContext, type Encodable, type RecordHeader } from "./record-codec.ts";

/**
 * The only importer of kafkajs's values here, pinned to one version, because it reaches inside. kafkajs makes an object of
 * a record's headers, which loses the order of repeated names between others, and fails over headers without a value. And
 * it refuses a whole answer about topics when one of them is gone or a partition has no leader, so that a topic that was
 * once used and then deleted keeps all others from being used. So three functions of it, which read one record, write one
 * and look through such an answer, are replaced by ours before the files that take them are loaded. Everything else
 * (connections, groups, batches, the producer's sequences) stays kafkajs's.
 */
const VERSION = "2.2.4";
const UNKNOWN_TOPIC = 3;
const INVALID_TOPIC = 17;
const TOPIC_NOT_ALLOWED = 29;
const HEADERS = Symbol.for("redrive.kafka-headers");
const ERROR = Symbol.for("redrive.kafka-topic-error");
const TOO_LATE = "kafkajs was used before workers/adapters/kafka/client.ts was loaded";
const OURS = Symbol.for("redrive.kafka-codec");

type Kafkajs = typeof kafkajsTypes;
type WithHeaders = { [HEADERS]?: readonly RecordHeader[] };
type Decode = ((decoder: { readonly buffer: Buffer }, context?: BatchContext) => unknown) & { [OURS]?: true };
type ToEncode = Partial<Omit<Encodable, "headers">> & { readonly headers?: WithHeaders & kafkajsTypes.IHeaders };
type Encode = ((record: ToEncode) => unknown) & { [OURS]?: true };
type Encoder = { new (): { writeBuffer(bytes: Buffer): unknown } };

const kafkajs = load();
export { kafkajs };

function load(): Kafkajs {
  const require = createRequire(import.meta.url);
  const main = require.resolve("kafkajs");
  const inside = (path: string): string => join(dirname(main), "src/protocol", path);
  const { version } = require(join(dirname(main), "package.json")) as { version: string };
  if (version !== VERSION) throw new Error(`this adapter is made for kafkajs ${VERSION}, not ${version}`);
  const encoder = require(inside("encoder.js")) as Encoder;
  replace(require, inside("recordBatch/record/v0/decoder.js"), inside("recordBatch/v0/decoder.js"), decodeWith());
  replace(require, inside("recordBatch/record/v0/index.js"), inside("requests/produce/v3/request.js"), encodeWith(encoder));
  const topics = require(inside("requests/metadata/v0/response.js")) as { parse: Parse };
  if (!topics.parse[OURS]) {
    if (inside("requests/metadata/v1/response.js") in require.cache) throw new Error(TOO_LATE);
    topics.parse = parseWith(topics.parse);
  }
  return require(main) as Kafkajs;
}

type Partitions = readonly { readonly partitionErrorCode: number }[] & { [ERROR]?: number };
type Answer = { readonly topicMetadata: readonly { readonly topicErrorCode: number; readonly partitionMetadata: Partitions }[] };
type Parse = ((answer: Answer) => Promise<unknown>) & { [OURS]?: true };

/** A topic that is not there, or not for us, has no partitions; a partition without a leader has -1 for one. */
function parseWith(parse: Parse): Parse {
  const ours: Parse = (answer) => {
    const topicMetadata = answer.topicMetadata.map((topic) => {
      const { topicErrorCode: code } = topic;
      if ([UNKNOWN_TOPIC, INVALID_TOPIC, TOPIC_NOT_ALLOWED].includes(code)) return { ...topic, topicErrorCode: 0, partitionMetadata: Object.assign([], { [ERROR]: code }) };
      return { ...topic, partitionMetadata: topic.partitionMetadata.map((partition) => ({ ...partition, partitionErrorCode: 0 })) };
    });
    return parse({ ...answer, topicMetadata });
  };
  ours[OURS] = true;
  return ours;
}

/** Why a topic that was asked for has no partitions: kafkajs's name of the error, or null. */
export function whyNoPartitions(partitions: readonly unknown[]): "UNKNOWN_TOPIC_OR_PARTITION" | "INVALID_TOPIC_EXCEPTION" | "TOPIC_AUTHORIZATION_FAILED" | null {
  const code = (partitions as Partitions)[ERROR];
  if (code === undefined) return null;
  return code === TOPIC_NOT_ALLOWED ? "TOPIC_AUTHORIZATION_FAILED" : code === INVALID_TOPIC ? "INVALID_TOPIC_EXCEPTION" : "UNKNOWN_TOPIC_OR_PARTITION";
}

function replace(require: NodeJS.Require, file: string, taker: string, ours: Decode | Encode): void {
  const there = require(file) as Decode | Encode;
  if (there[OURS]) return;
  const loaded = require.cache[file];
  if (loaded === undefined || taker in require.cache) throw new Error(TOO_LATE);
  ours[OURS] = true;
  loaded.exports = ours;
}

function decodeWith(): Decode {
  return (decoder, context = {}) => {
    const { headers, ...record } = decodeRecord(decoder.buffer, context);
    return { ...record, magicByte: 2, attributes: 0, isControlRecord: context.isControlBatch ?? false, batchContext: context, headers: named(headers) };
  };
}

function encodeWith(Encoder: Encoder): Encode {
  return ({ offsetDelta = 0, timestampDelta = 0, key, value, headers = {} }) => {
    const bytes = encodeRecord({ offsetDelta, timestampDelta, key: bytesOf(key), value: bytesOf(value), headers: headers[HEADERS] ?? listed(headers) });
    return new Encoder().writeBuffer(bytes);
  };
}

const bytesOf = (value: Buffer | string | null | undefined): Buffer | null => (value === null || value === undefined ? null : Buffer.from(value));

/** What kafkajs's own writer makes of an object of headers. */
const listed = (headers: kafkajsTypes.IHeaders): RecordHeader[] =>
  Object.entries(headers).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((each) => ({ name, value: bytesOf(each) })));

/** The headers as kafkajs gives them, for those who do not ask for the list: by name, several values in an array. */
function named(headers: readonly RecordHeader[]): WithHeaders {
  const object: Record<string, unknown> & WithHeaders = {};
  for (const { name, value } of headers) {
    const before = Object.hasOwn(object, name) ? object[name] : undefined;
    const now = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
    Object.defineProperty(object, name, { value: now, enumerable: true, configurable: true });
  }
  // not enumerable, so that a copy with other headers does not carry it along
  return Object.defineProperty(object, HEADERS, { value: headers });
}

/** The headers of a record that was read, in their order. */
export function headersOf({ headers }: Pick<KafkaMessage, "headers">): readonly RecordHeader[] {
  // formats before 2 have none
  if (headers === undefined) return [];
  const list = (headers as WithHeaders)[HEADERS];
  if (list === undefined) throw new Error("kafkajs read a record on its own");
  return list;
}

/** Headers for a record to write, in this order. */
export const headersToWrite = (headers: readonly RecordHeader[]): NonNullable<Message["headers"]> => Object.defineProperty({}, HEADERS, { value: headers });
