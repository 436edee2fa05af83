import type { Cursor } from "#core/brokers/adapter.ts";

/** How far a topic was read: the next offset of each queue, by `<broker>/<queue id>`. */
export type Position = Readonly<Record<string, string>>;

/** What the cursor says; nothing was read when there is none or it is not ours. */
export function positionOf(cursor: Cursor): Position {
  try {
    const { next } = JSON.parse(cursor ?? "") as { next: Record<string, unknown> };
    return Object.fromEntries(Object.entries(next).flatMap(([key, offset]) => (typeof offset === "string" && /^\d+$/.test(offset) ? [[key, offset]] : [])));
  } catch {
    return {};
  }
}

export const cursorOf = (next: Position): Cursor => JSON.stringify({ next });

/** Sentence for offsets that retention took before they were read. */
export const gapNotice = (queue: string, from: bigint, min: bigint): string => `Offsets ${from} to ${min - 1n} of queue ${queue} were deleted (retention) before they were read.`;

/** Sentence for a queue that ends before what was read of it. */
export const anewNotice = (queue: string): string => `Queue ${queue} ends before what was read of it: the topic was made anew, or its broker lost its end. It is read from its start.`;
