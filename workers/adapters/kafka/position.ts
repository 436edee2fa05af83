import type { Admin } from "kafkajs";
import type { Cursor } from "#core/brokers/adapter.ts";

/** How far a topic was read: the next offset of each partition, and how often the topic was seen to be made anew. */
export type Position = { readonly era: number; readonly next: Readonly<Record<string, string>> };

/** What the cursor says; nothing was read when there is none or it is not ours. */
function positionOf(cursor: Cursor): Position {
  try {
    const { era, next } = JSON.parse(cursor ?? "") as Position;
    return { era: Number.isSafeInteger(era) ? era : 0, next: { ...next } };
  } catch {
    return { era: 0, next: {} };
  }
}

export const cursorOf = (position: Position): Cursor => JSON.stringify(position);

export type Start = { readonly position: Position; readonly notices: readonly string[] };

/**
 * Where reading goes on: at the stored position, else at the group's commit, else at the beginning. Tells what was deleted
 * before it was read, and a topic that is shorter than what was read of it: it was made anew and is read from its start.
 */
export async function startOf(admin: Admin, topic: string, groupId: string, cursor: Cursor): Promise<Start> {
  const stored = positionOf(cursor);
  const [committed] = cursor === null ? await admin.fetchOffsets({ groupId, topics: [topic] }) : [];
  const marks = await admin.fetchTopicOffsets(topic);
  const anew = marks.some(({ partition, high }) => BigInt(stored.next[partition] ?? "0") > BigInt(high));
  const notices: string[] = anew ? [`The topic ends before what was read of it: it was deleted and made anew, and is read from its start.`] : [];
  const next: Record<string, string> = {};
  for (const { partition, low } of marks) {
    const commit = committed?.partitions.find((each) => each.partition === partition)?.offset ?? "-1";
    const wanted = anew ? low : (stored.next[partition] ?? (BigInt(commit) >= 0n ? commit : low));
    if (BigInt(wanted) < BigInt(low)) notices.push(gapNotice(partition, wanted, low));
    next[partition] = BigInt(wanted) < BigInt(low) ? low : wanted;
  }
  return { position: { era: stored.era + (anew ? 1 : 0), next }, notices };
}

/** Sentence for offsets that retention took before they were read. */
export const gapNotice = (partition: number, from: string, low: string): string =>
  `Offsets ${from} to ${BigInt(low) - 1n} of partition ${partition} were deleted (retention) before they were read.`;
