import { COUNT_CAP } from "./message/counts.ts";

/** A count that may have stopped early; `capped`: there are more than `count`. */
export type CappedCount = { readonly count: number; readonly capped: boolean };

/** Reads the result of a count that was limited to one above COUNT_CAP, as a number or in digits. */
export const cappedCount = (counted: number | string): CappedCount => ({
  count: Math.min(Number(counted), COUNT_CAP),
  capped: Number(counted) > COUNT_CAP,
});
