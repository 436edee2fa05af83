/** Counting stops here: beyond it a screen says "10,000+", which is enough to act and costs the same at any size. */
export const COUNT_CAP = 10_000;

/** A count that may have stopped early; `capped`: there are more than `count`. */
export type CappedCount = { readonly count: number; readonly capped: boolean };

/** Reads the result of a count that was limited to one above the cap. */
export const cappedCount = (counted: number, cap = COUNT_CAP): CappedCount => ({
  count: Math.min(counted, cap),
  capped: counted > cap,
});
