import { z } from "zod";
import { anyTarget } from "./brokers/any-target.ts";

/**
 * Where a resend goes: to the queue in which each message failed, to where its producer sent it, or to one named
 * target on the connection it came from.
 */
export const destination = z.discriminatedUnion("to", [
  z.strictObject({ to: z.literal("failed_queue") }),
  z.strictObject({ to: z.literal("origin") }),
  z.strictObject({
    to: z.literal("target"),
    target: anyTarget,
  }),
]);
export type Destination = z.infer<typeof destination>;

/** Counts by outcome of an operation; they always add up to its total. */
export type Progress = {
  readonly waiting: number;
  readonly confirmed: number;
  readonly refused: number;
  readonly unknown: number;
  readonly done: number;
  readonly skipped: number;
  readonly called_back: number;
};
