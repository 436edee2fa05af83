import { z } from "zod";

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const;
const FORM = /^([1-9]\d{0,5})([smhd])$/;

/** A span of time as people write it (`90s`, `5m`, `2h`, `1d`), read as seconds within the two bounds. */
export const duration = (least: number, most: number) =>
  z
    .string()
    .regex(FORM, "must be a whole number and a unit: 90s, 5m, 2h or 1d")
    .transform(toSeconds)
    .pipe(z.number().min(least, `must be at least ${least} seconds`).max(most, `must be at most ${most} seconds`));

function toSeconds(text: string): number {
  const [, count, unit] = FORM.exec(text) ?? [];
  return Number(count) * SECONDS[unit as keyof typeof SECONDS];
}
