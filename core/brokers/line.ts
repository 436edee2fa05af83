import type { Fault } from "../fault.ts";

/** Deliveries that came and wait to be handed out, oldest first. */
export type Line<T> = {
  /** How many, and their bytes. */
  waiting(): { readonly count: number; readonly bytes: number };
  /** Resolves when the line moves; throws the Fault that ended it. */
  changed(): Promise<void>;
  /** Takes the first ones within the limits, but one at least. */
  take(limits: { readonly maxBytes: number; readonly maxCount: number }): T[];
  push(item: T): void;
  /** Puts what was taken back to the front. */
  putBack(items: readonly T[]): void;
  /** Has those who wait for a change look again. */
  rouse(): void;
  /** Ends it; the first Fault stays. */
  fail(why: Fault): void;
  /** What ended it, or null. */
  fault(): Fault | null;
};

/** An empty line. */
export function openLine<T extends { readonly bytes: number }>(): Line<T> {
  const items: T[] = [];
  let bytes = 0;
  let fault: Fault | null = null;
  let change = Promise.withResolvers<void>();
  const rouse = (): void => {
    change.resolve();
    change = Promise.withResolvers();
  };
  return {
    waiting: () => ({ count: items.length, bytes }),
    changed: async () => {
      if (fault !== null) throw fault;
      await change.promise;
      if (fault !== null) throw fault;
    },
    take: ({ maxBytes, maxCount }) => {
      let count = 0;
      for (let size = 0; count < Math.min(maxCount, items.length); count++) {
        size += items[count]?.bytes ?? 0;
        if (count > 0 && size > maxBytes) break;
      }
      const taken = items.splice(0, count);
      for (const item of taken) bytes -= item.bytes;
      return taken;
    },
    push: (item) => {
      items.push(item);
      bytes += item.bytes;
    },
    putBack: (back) => {
      items.unshift(...back);
      for (const item of back) bytes += item.bytes;
      rouse();
    },
    rouse,
    fail: (why) => {
      fault ??= why;
      rouse();
    },
    fault: () => fault,
  };
}
