import { z } from "zod";

/**
 * `waiting` for a worker, `publishing`; then `confirmed` or `refused`, which are certain, or `in_doubt`: the broker may have it. In
 * doubt is never published again by itself.
 */
export type PublicationState = "waiting" | "publishing" | "confirmed" | "refused" | "in_doubt";

/** Whether a state is one that waits for its outcome. */
export const isOpen = (state: PublicationState): boolean => state === "waiting" || state === "publishing";

const wellFormed = z.string().refine((text) => text.isWellFormed(), "well-formed text, without half of a surrogate pair");
/** What Postgres holds as text. */
const storable = wellFormed.refine((text) => !text.includes("\0"), "text without NUL");

/** POST /api/v1/messages. The target is checked by the connection's own manifest. */
export const publicationRequest = z
  .strictObject({
    /** The connection's name. */
    connection: storable.min(1).max(200),
    /** In the broker's words: { exchange, routingKey }, { topic }, { key }, { subject }, { queue }. */
    target: z.record(z.string(), z.unknown()),
    /** [name, value] pairs in order; names may repeat. */
    headers: z.array(z.tuple([wellFormed.min(1).max(255), wellFormed.max(32_768)])).max(200).default([]),
    contentType: z.string().min(1).max(200).regex(/^[\x20-\x7e]+$/, "plain characters").optional(),
    /** The record's key, where the broker has one. */
    key: storable.min(1).max(1_024).optional(),
    body: wellFormed.optional(),
    bodyBase64: z.base64().optional(),
  })
  .refine(({ body, bodyBase64 }) => (body === undefined) !== (bodyBase64 === undefined), { message: "give either body, a text, or bodyBase64", path: ["body"] });
export type PublicationRequest = z.infer<typeof publicationRequest>;

/** What may stand in `Idempotency-Key`: of the producer's choice, or a token of POST /api/token. */
export const idempotencyKey = z.string().min(1).max(255).regex(/^[\x21-\x7e]+$/, "1 to 255 plain characters without spaces");

/** How long after its end a publication answers repeats of its key. */
export const REMEMBERED_DAYS = 7;

/** What people call a program that publishes. */
export const apiKeyName = storable.trim().min(1).max(80);
