import type { KafkaMessage } from "kafkajs";
import type { KafkaNative, RawDeath } from "#core/message/raw.ts";
import { headersOf } from "./client.ts";
import { deathOf, keyOf, NO_BYTES, typedHeaders } from "./record.ts";
import type { Address, SourceRecords } from "./source-records.ts";

/** What a broker writes into the dead-letter topic of a share group; KIP-1191. Values are text. */
const TOPIC = "__dlq.errors.topic";
const PARTITION = "__dlq.errors.partition";
const OFFSET = "__dlq.errors.offset";
/** Producers' clocks may be ahead of the broker's by that much. */
const CLOCKS_MS = 300_000;

/** The record of which this one is the dead letter of a share group; null when it is none, or its address makes no sense. */
function pointerOf(record: KafkaMessage): Address | null {
  const text = (wanted: string): string => headersOf(record).find(({ name }) => name === wanted)?.value?.toString("utf8") ?? "";
  const [topic, partition, offset] = [text(TOPIC), text(PARTITION), text(OFFSET)];
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || !/^\d{1,9}$/.test(partition) || !/^\d{1,18}$/.test(offset)) return null;
  return { topic, partition: Number(partition), offset };
}

type Pointer = NonNullable<KafkaNative["pointer"]>;
type Resolved = { readonly records: readonly KafkaMessage[]; readonly deaths: readonly RawDeath[]; readonly notices: readonly string[] };
export type Letters = { readonly topic: string; readonly partition: number; readonly era: number; readonly records: readonly KafkaMessage[] };

/**
 * The deaths of records in their order, those of a share group's letters with what they point to: a letter has no content,
 * unless the group copies key and value, and never the headers. They are read now, before retention takes them; in parts
 * of about `maxBytes`, since what is pointed to may be much larger than the letters. Throws Fault when the cluster can not
 * be reached, or `signal` aborts.
 */
export async function* deathsOf({ topic, partition, era, records }: Letters, look: SourceRecords, maxBytes: number, signal: AbortSignal): AsyncGenerator<Resolved, void, void> {
  let part: { records: KafkaMessage[]; deaths: RawDeath[] } = { records: [], deaths: [] };
  let bytes = 0;
  const unreadable = new Map<string, number>();
  for (const record of records) {
    const letter = deathOf(topic, partition, record, era);
    const to = pointerOf(record);
    const death = to === null ? letter : await pointed(letter, record, to, look, unreadable, signal);
    bytes += to === null ? 0 : death.body.length;
    part.records.push(record);
    part.deaths.push(death);
    if (bytes < maxBytes) continue;
    yield { ...part, notices: noticesOf(unreadable) };
    part = { records: [], deaths: [] };
    bytes = 0;
  }
  if (part.records.length > 0) yield { ...part, notices: noticesOf(unreadable) };
}

async function pointed(letter: RawDeath, record: KafkaMessage, to: Address, look: SourceRecords, unreadable: Map<string, number>, signal: AbortSignal): Promise<RawDeath> {
  const looked = await look(to, signal);
  const as = (state: Pointer["record"], of: Partial<KafkaNative> = {}): RawDeath["native"] => ({ ...letter.native, ...of, pointer: { ...to, record: state } }) as KafkaNative;
  // one written after the letter is another record: the topic was made anew
  if (looked.record === "found" && Number(looked.message.timestamp) <= Number(record.timestamp) + CLOCKS_MS) {
    const { message } = looked;
    const native = as("found", { key: keyOf(message), tombstone: message.value === null });
    return { ...letter, body: message.value ?? NO_BYTES, headers: [...letter.headers, ...typedHeaders(message)], native };
  }
  if (looked.record === "unreadable") {
    const why = `the source topic ${to.topic} could not be read (${looked.fault.detail})`;
    unreadable.set(why, (unreadable.get(why) ?? 0) + 1);
  }
  // the group copied key and value: nothing but the headers is missing
  if (record.key !== null || record.value !== null) return letter;
  return { ...letter, native: as(looked.record === "unreadable" ? "unreadable" : "gone") };
}

function noticesOf(unreadable: Map<string, number>): string[] {
  const notices = [...unreadable].map(([why, count]) => `${count} dead ${count === 1 ? "letter" : "letters"} of a share group came without what they point to: ${why}.`);
  unreadable.clear();
  return notices;
}
