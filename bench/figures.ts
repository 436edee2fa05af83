/** The value below which `share` of the values lie. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const high = sorted.length >> 1;
  const [a, b] = [sorted[sorted.length % 2 === 1 ? high : high - 1], sorted[high]];
  return ((a ?? Number.NaN) + (b ?? Number.NaN)) / 2;
};

/** Median and range, with `digits` behind the point. */
export const spread = (values: readonly number[], digits = 2): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return `${median(values).toFixed(digits)}  [${least.toFixed(digits)} - ${most.toFixed(digits)}]`;
};

/** Prints named figures in columns, under a title. */
export function print(title: string, rows: readonly (readonly [name: string, value: string])[]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(`\n${title}`);
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}
