import type { Outgoing } from "../message/raw.ts";

type Limits = { readonly maxBytes: number; readonly maxCount: number };

const TOGETHER: Limits = { maxCount: 500, maxBytes: 4 * 1024 * 1024 };

/** Messages in parts that are sent together: at most 500, and 4 MiB of bodies unless one alone is larger. */
export const partsOf = (messages: readonly Outgoing[]): Generator<readonly Outgoing[]> => within(messages, ({ body }) => body.length, TOGETHER);

/** Items in parts within the limits, in their order; one that is larger than a part is one alone. */
export function* within<T>(items: readonly T[], sizeOf: (item: T) => number, { maxBytes, maxCount }: Limits): Generator<readonly T[]> {
  let part: T[] = [];
  let bytes = 0;
  for (const item of items) {
    const size = sizeOf(item);
    if (part.length > 0 && (part.length >= maxCount || bytes + size > maxBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
