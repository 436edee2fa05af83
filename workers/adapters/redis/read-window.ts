import type { CaptureLimits } from "#core/brokers/adapter.ts";

export type ReadWindow = {
  /** How many to read at once: about what fits into a batch by what was seen so far. */
  count(limits: Pick<CaptureLimits, "maxBytes" | "maxCount">): number;
  /** Tells the size of one that was read, in bytes. */
  saw(bytes: number): void;
};

/** Reading by count and keeping to bytes: begins with a few, and follows the mean size of what comes. */
export function readWindow(): ReadWindow {
  let mean = 0;
  let seen = 0;
  return {
    count: ({ maxBytes, maxCount }) => (seen === 0 ? Math.min(8, maxCount) : Math.max(1, Math.min(maxCount, Math.floor(maxBytes / Math.max(mean, 1)), seen * 8))),
    saw(bytes) {
      seen++;
      // large ones count at once, small ones slowly: a window must not outgrow the memory
      mean = bytes > mean ? bytes : mean * 0.95 + bytes * 0.05;
    },
  };
}
