import { z } from "zod";
import { routeDefinition } from "./definition.ts";
import { deliveryErrorCode } from "./outcome.ts";

const sample = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("delivery"), id: z.uuid() }),
  z.strictObject({ from: z.literal("message"), id: z.uuid() }),
  z.strictObject({
    from: z.literal("text"),
    body: z.string().max(262_144),
    headers: z.array(z.strictObject({ name: z.string().min(1).max(200), value: z.string().max(10_000) })).max(100),
  }),
]);

/** What a definition is tried on: a message, and what the destination is supposed to answer. */
export const dryRunOrder = z.strictObject({
  definition: routeDefinition,
  sample,
  supposed: z.strictObject({
    status: z.enum(["refused", "unknown"]),
    code: deliveryErrorCode,
    httpStatus: z.int().min(100).max(599).nullable(),
    type: z.string().max(200).nullable(),
    message: z.string().max(2_000),
    tried: z.int().min(1).max(1_000),
  }),
});
export type DryRunOrder = z.infer<typeof dryRunOrder>;
