/** A value as it crosses the API: moments as ISO 8601 text, everything else as it is. */
export type IsoTimes<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? IsoTimes<E>[]
    : T extends object
      ? { [K in keyof T]: IsoTimes<T[K]> }
      : T;

/** Writes every Date in rows of the database as ISO 8601 text. */
export function isoTimes<T>(value: T): IsoTimes<T>;
export function isoTimes(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((each: unknown) => isoTimes(each));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, isoTimes(each)]));
}
