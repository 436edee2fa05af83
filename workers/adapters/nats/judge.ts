import { DiscardPolicy, RetentionPolicy, StorageType, type ConsumerInfo, type StreamInfo } from "@nats-io/jetstream";
import type { DeadLetterSign } from "#core/brokers/adapter.ts";
import type { Advisories } from "./advisory-stream.ts";

/** What is known about a stream besides itself. */
export type Surroundings = {
  readonly advisories: Advisories;
  readonly consumers: readonly ConsumerInfo[];
  readonly serverVersion: string;
};

const DEAD_NAME = /(^|[._-])(dlq|dead|error|failed|poison|parking)/i;
const DAY_NS = 24 * 3_600 * 1e9;
const SHORT_DAYS = 7;
const NEARLY_FULL = 0.8;
/** Before this version the server deletes from interest streams what a consumer gave up, when another consumer goes (nats-server#6538). */
const INTEREST_FIXED = [2, 10, 26] as const;

/** What marks a stream as one of dead letters. */
export function signsOf({ config }: StreamInfo, { streams }: Advisories): DeadLetterSign[] {
  if (streams.has(config.name)) return [{ sign: "declared" }];
  return DEAD_NAME.test(config.name) ? [{ sign: "name" }] : [];
}

/** What is wrong with a stream as far as dead letters go: sentences for an operator. */
export const warningsOf = (info: StreamInfo, around: Surroundings): string[] => [
  ...(signsOf(info, around.advisories).length > 0 ? keepingWarnings(info) : []),
  ...failingWarnings(info, around),
];

/** Of a stream that holds dead letters: how they may get lost in it. */
function keepingWarnings({ config, state }: StreamInfo): string[] {
  const warnings: string[] = [];
  const days = config.max_age / DAY_NS;
  if (config.max_age > 0 && days < SHORT_DAYS) warnings.push(`It deletes messages after ${durationOf(config.max_age)}, read or not.`);
  if (config.storage === StorageType.Memory) warnings.push("It is kept in memory: when its servers stop, what it holds is gone.");
  if (config.retention === RetentionPolicy.Interest && state.consumer_count === 0) {
    warnings.push("It has retention interest and no consumer: what is sent to it now is dropped at once.");
  }
  if (config.discard === DiscardPolicy.Old) {
    for (const [now, most, what] of [
      [state.messages, config.max_msgs, "messages"],
      [state.bytes, config.max_bytes, "bytes"],
    ] as const) {
      if (most > 0 && now >= most * NEARLY_FULL) {
        warnings.push(`It holds ${now.toLocaleString("en")} of at most ${most.toLocaleString("en")} ${what}: beyond that the oldest are deleted without a word.`);
      }
    }
  }
  return warnings;
}

/** Of a stream whose consumers give messages up: what becomes of the news. */
function failingWarnings({ config }: StreamInfo, { advisories, consumers, serverVersion }: Surroundings): string[] {
  const warnings: string[] = [];
  const giving = consumers.filter((consumer) => (consumer.config.max_deliver ?? -1) > 0);
  const names = (some: readonly ConsumerInfo[]): string => some.map(({ name }) => name).toSorted().join(", ");
  const [why] = advisories.unkept.values();
  if (giving.length > 0 && why !== undefined) {
    warnings.push(`Messages that ${names(giving)} gives up are announced by an advisory nobody keeps: ${why}.`);
  }
  const hasty = giving.filter((consumer) => consumer.config.max_deliver === 1 && (consumer.config.backoff ?? []).length === 0);
  if (hasty.length > 0) warnings.push(`${names(hasty)} gives a message up when it fails the first time (max_deliver 1, no backoff).`);
  if (giving.length > 0 && config.retention === RetentionPolicy.Interest && isOlder(serverVersion)) {
    warnings.push(
      `This server (${serverVersion}) may delete messages that ${names(giving)} gave up when any consumer of the stream is removed; 2.10.26 does not.`,
    );
  }
  return warnings;
}

function isOlder(version: string): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (const [at, wanted] of INTEREST_FIXED.entries()) {
    const part = parts[at] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}

function durationOf(ns: number): string {
  const hours = ns / (3_600 * 1e9);
  if (hours < 1) return `${Math.round(hours * 60)} min`;
  return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
