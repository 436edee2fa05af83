import { z } from "zod";
import { BROKER_KINDS, type BrokerKind, manifests } from "../brokers/index.ts";
import { environment } from "../environment.ts";
import { duration } from "./duration.ts";

const DAY = 86_400;
const days = (otherwise: number) => z.int().min(1).max(3_650).default(otherwise);

const installation = z
  .strictObject({
    name: environment.shape.name,
    tone: environment.shape.tone.default("grey").describe("Colour of the bar that names it."),
    production: environment.shape.production.default(false).describe("Drawn so that it can not be taken for anything else."),
  })
  .describe("Which installation this is, shown on every page. Absent: as set on the screen.");

const retention = z.strictObject({
  discardedDays: days(30).describe("How long a discarded message can be restored."),
  resolvedDays: days(90).describe("How long messages that are done (resolved, succeeded) are kept."),
});

const connectionName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,62}$/, "must be 1 to 63 letters, digits, spaces, dots, dashes or underscores")
  .describe("How Redrive calls this broker; unique.");

const connectionOf = (kind: BrokerKind) =>
  z.strictObject({
    name: connectionName,
    kind: z.literal(kind),
    settings: z.prefault(manifests[kind].settings, {}),
    secrets: z.prefault(manifests[kind].secrets, {}).describe("Only as ${NAME} or ${file:/path}, never in plain text."),
  });

const sourceFields = {
  connection: connectionName.describe("Name of a connection above."),
  consent: z.boolean().default(false).describe("Capturing takes the messages out of the queue: Redrive then holds the only copy."),
  capture: z.boolean().default(true).describe("Whether to capture now."),
  watchWindow: z.prefault(duration(5, 7 * DAY), "5m").describe("How long a resent message is watched before it counts as resolved."),
};

/** Keys of a source that mean the same for every broker; the rest of it belongs to the manifest. */
export const SOURCE_FIELDS: readonly string[] = Object.keys(sourceFields);

const [firstKind, ...otherKinds] = BROKER_KINDS as [BrokerKind, ...BrokerKind[]];

const envelope = {
  environment: installation.optional(),
  retention: z.prefault(retention, {}),
  connections: z.array(z.discriminatedUnion("kind", [connectionOf(firstKind), ...otherKinds.map(connectionOf)])).default([]),
};

/** redrive.yaml with sources read as far as all brokers share them; `check` reads the rest by the connection's kind. */
export const fileSchema = z.strictObject({ ...envelope, sources: z.array(z.looseObject(sourceFields)).default([]) });

/** redrive.yaml as an editor should know it, each source being one of the manifests' shapes. For the JSON schema only. */
export const editorSchema = z.strictObject({
  ...envelope,
  sources: z.array(z.union(BROKER_KINDS.map((kind) => z.strictObject({ ...manifests[kind].source.shape, ...sourceFields })))).default([]),
});
