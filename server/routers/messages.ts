import { z } from "zod";
import { Failure } from "#core/failure.ts";
import { messageFilter } from "#core/message/filter.ts";
import { STEP_KINDS } from "#core/message/views.ts";
import { selection } from "#core/selection.ts";
import { readBody } from "#db/queries/message-bodies.ts";
import { anyMessage, countStates, groupTitle, listSourceNames, neighbours, topErrorTypes } from "#db/queries/message-counts.ts";
import { countNewer, listMessages } from "#db/queries/message-list.ts";
import { MAX_EDITED } from "../decode/limits.ts";
import { isoTimes } from "../iso-times.ts";
import { askForSchema, decodedBody, editableBody, encodedBody } from "../services/decode-body.ts";
import { messageDetail } from "../services/message-detail.ts";
import { planSelection } from "../services/resend-plan.ts";
import { operatorProcedure, router, viewerProcedure } from "../trpc.ts";

const PAGE = 100;
/** How long a page may be searched for, ms: then it says how far it came. */
const PAGE_MS = 300;
const COUNT_MS = 1_000;
const NEWER_CAP = 100;
const SOURCES = 500;
const ERROR_TYPES = 20;
/** Bytes of a body that a screen shows; the download has all of them. */
const PREVIEW = 262_144;

const position = z.number().int().min(0);
const order = z.enum(["newest", "oldest"]);
const body = z.strictObject({
  messageId: z.uuid(),
  which: z.discriminatedUnion("of", [
    z.strictObject({ of: z.literal("latest") }),
    z.strictObject({ of: z.literal("death"), id: z.uuid() }),
    z.strictObject({ of: z.literal("revision"), id: z.uuid() }),
  ]),
});

const decoded = body.extend({ as: z.enum(STEP_KINDS).nullable() });
const edited = z.discriminatedUnion("form", [
  z.strictObject({ form: z.literal("notation"), text: z.string().max(4 * MAX_EDITED) }),
  z.strictObject({ form: z.literal("bytes"), base64: z.base64().max(4 * MAX_EDITED) }),
]);

export const messagesRouter = router({
  /** A page of the list; `next` goes into the following request's `cursor`. */
  list: viewerProcedure
    .input(z.strictObject({ filter: messageFilter, order: order.default("newest"), cursor: position.nullish(), direction: z.string().optional() }))
    .query(async ({ ctx, input }) =>
      isoTimes(await listMessages(ctx.db, { filter: input.filter, order: input.order, after: input.cursor ?? null, limit: PAGE, budgetMs: PAGE_MS })),
    ),

  /** How many messages came since a position, at most 100; null when it took too long to say. */
  newer: viewerProcedure
    .input(z.strictObject({ filter: messageFilter, after: position }))
    .query(({ ctx, input }) => countNewer(ctx.db, input.filter, input.after, NEWER_CAP, PAGE_MS)),

  counts: viewerProcedure.input(messageFilter).query(({ ctx, input }) => countStates(ctx.db, input, COUNT_MS)),

  /** What the filter can be set to, and whether anything was ever captured. */
  facets: viewerProcedure
    .input(z.strictObject({ source: z.uuid().optional(), group: z.uuid().optional() }))
    .query(async ({ ctx: { db }, input }) => {
      const [sources, errorTypes, group, any] = await Promise.all([
        listSourceNames(db, SOURCES),
        topErrorTypes(db, input.source ?? null, ERROR_TYPES),
        input.group === undefined ? null : groupTitle(db, input.group),
        anyMessage(db),
      ]);
      return { sources, errorTypes, group, any };
    }),

  get: viewerProcedure.input(z.uuid()).query(({ ctx, input }) => messageDetail(ctx.db, input)),

  neighbours: viewerProcedure
    .input(z.strictObject({ filter: messageFilter, position }))
    .query(({ ctx, input }) => neighbours(ctx.db, input.filter, input.position, PAGE_MS)),

  /** What a resend would do to a selection, told from a sample of it. */
  plan: operatorProcedure.input(z.strictObject({ selection })).query(({ ctx, input }) => planSelection(ctx.db, input.selection)),

  /** The beginning of a body, base64. A body never changes. */
  body: viewerProcedure.input(body).query(async ({ ctx, input }) => {
    const found = await readBody(ctx.db, input.messageId, input.which, PREVIEW);
    if (found === null) throw new Failure("not_found", "This message has no such body; retention may have purged it.");
    return { base64: found.bytes.toString("base64"), size: found.size, shown: found.bytes.length };
  }),

  /** What is under a body's layers: packed, binary formats, values described by a schema. `as` forces the outermost. */
  decoded: viewerProcedure.input(decoded).query(({ ctx, input }) => decodedBody(ctx.db, input)),

  /** Asks a worker for the schema that a body names. */
  schema: viewerProcedure.input(decoded).mutation(({ ctx, input }) => askForSchema(ctx.db, ctx.sql, ctx.actor, input)),

  /** The decoded form for an editor, where an edit of it changes nothing else; or why not. */
  editable: operatorProcedure.input(decoded).query(({ ctx, input }) => editableBody(ctx.db, input)),

  /** The bytes that an edited text would be sent as. Stores nothing. */
  encode: operatorProcedure
    .input(decoded.extend({ edited }))
    .mutation(({ ctx, input: { edited, ...asked } }) => encodedBody(ctx.db, asked, edited.form === "bytes" ? { form: "bytes", bytes: Buffer.from(edited.base64, "base64") } : edited)),
});
