import { createHash, randomInt } from "node:crypto";

/** A number in [0, 1) that depends on nothing but `seed`. */
export const draw = (seed: string): number => createHash("sha1").update(seed).digest().readUInt32BE(0) / 2 ** 32;

/** One of the list, which must not be empty. */
export const pick = <T>(list: readonly T[]): T => list[randomInt(list.length)] as T;

/** True in `share` of all calls, 0 to 1. */
export const oneIn = (share: number): boolean => Math.random() < share;

/** Decimal digits that do not begin with 0. */
export function digits(count: number): string {
  let text = String(randomInt(1, 10));
  while (text.length < count) text += String(randomInt(10));
  return text;
}
