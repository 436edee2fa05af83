import { z } from "zod";
import { messageFilter } from "./message/filter.ts";

/** The most messages one order may name one by one. */
export const MAX_IDS = 1_000;

/** What an operator chose: messages one by one, or everything a filter matches. */
export const selection = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("ids"), ids: z.array(z.uuid()).min(1).max(MAX_IDS) }),
  z.strictObject({ by: z.literal("filter"), filter: messageFilter }),
]);
export type Selection = z.infer<typeof selection>;

/** Above this many messages the number has to be typed before an order; below it the button names it. */
export const TYPE_THE_NUMBER_ABOVE = 1_000;
