import { z } from "zod";
import { ACTS, type Act } from "./message/state.ts";
import { destination } from "./operation.ts";
import { selection } from "./selection.ts";

const ACT_NAMES = Object.keys(ACTS) as [Act, ...Act[]];

/** The largest body an edit may have: RabbitMQ 4's default limit of a message. */
export const MAX_EDIT_BYTES = 16 * 1024 * 1024;

/** Asking what an order would act on. */
export const orderPreview = z.strictObject({ act: z.enum(ACT_NAMES), selection });

/** An edit made before a resend, of exactly one message. */
const edit = z.strictObject({
  /** The death whose body and headers were edited. */
  deathId: z.uuid(),
  bodyBase64: z.base64().max(Math.ceil(MAX_EDIT_BYTES / 3) * 4),
  /** JSON text: Header[]. */
  headers: z.string().max(1_000_000),
});

/** An operator's order. `expected` and `asOf` come from the preview: what was counted is what is acted on. */
export const order = orderPreview.extend({
  /** Made by the client once per dialog: a repeated click is answered with the first operation. */
  requestId: z.uuid(),
  expected: z.number().int().min(1),
  /** The newest position that was counted; later arrivals are not part of it. */
  asOf: z.number().int().min(0),
  reason: z.string().trim().min(1).max(500).optional(),
  destination: destination.optional(),
  /** Messages a second; absent is as fast as the broker takes them. */
  rate: z.number().int().min(1).max(10_000).optional(),
  edit: edit.optional(),
});
export type Order = z.infer<typeof order>;
