import { z } from "zod";

const moment = z.iso.datetime({ offset: true });
const entry = z.number().int().positive();

/** What the audit log is narrowed by, and where its page begins; moments are ISO 8601. */
export const auditQuery = z.strictObject({
  act: z.string().min(1).max(80).optional(),
  actorId: z.string().min(1).max(64).optional(),
  from: moment.optional(),
  to: moment.optional(),
  /** Entries older than this one. */
  before: entry.optional(),
  /** The entries next newer than this one. */
  after: entry.optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

const inAddress = auditQuery.extend({ before: z.coerce.number().pipe(entry).optional(), after: z.coerce.number().pipe(entry).optional() });

/** Reads the query of an address; what can not be used is left out, so that an old link still opens. */
export function auditQueryFrom(parameters: Readonly<Record<string, string | readonly string[] | undefined>>): AuditQuery {
  const query: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(inAddress.shape)) {
    const read = schema.safeParse(parameters[name]);
    if (read.success && read.data !== undefined) query[name] = read.data;
  }
  return auditQuery.parse(query);
}
