/** Counts of a list stop here and are shown as `10,000+`: beyond it the exact number costs more than it tells. */
export const COUNT_CAP = 10_000;
