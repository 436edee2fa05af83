import { z } from "zod";
import { BROKER_KINDS, type BrokerKind, manifests } from "../brokers/index.ts";
import { connectionName } from "../brokers/connection-name.ts";
import { environment } from "../environment.ts";
import { routeName, writtenRoute } from "../route/definition.ts";
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

const connectionOf = (kind: BrokerKind) =>
  z.strictObject({
    name: connectionName.describe("How Redrive calls this broker; unique."),
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

const watchWindow = sourceFields.watchWindow;
const routeFields = {
  name: routeName.describe("How Redrive calls this route; unique."),
  connection: connectionName.describe("Name of a connection above, whose queue the route reads."),
  consent: z.boolean().default(false).describe("The route takes the messages out of the queue: Redrive then holds the only copy."),
  paused: z.boolean().default(false).describe("How the route begins. Afterwards it is paused and resumed on the screen."),
  watchWindow,
};
const SOURCE = "What the route reads, in its broker's words.";

/** Keys of a route that are not of its definition. */
export const ROUTE_FIELDS: readonly string[] = [...Object.keys(routeFields), "source"];

const [firstKind, ...otherKinds] = BROKER_KINDS as [BrokerKind, ...BrokerKind[]];

const envelope = {
  environment: installation.optional(),
  retention: z.prefault(retention, {}),
  connections: z.array(z.discriminatedUnion("kind", [connectionOf(firstKind), ...otherKinds.map(connectionOf)])).default([]),
};

/** redrive.yaml with sources read as far as all brokers share them; `check` reads the rest by the connection's kind. */
export const fileSchema = z.strictObject({
  ...envelope,
  sources: z.array(z.looseObject(sourceFields)).default([]),
  routes: z.array(z.strictObject({ ...routeFields, source: z.record(z.string(), z.unknown()), ...writtenRoute.shape })).default([]),
});

/** redrive.yaml as an editor should know it, each source being one of the manifests' shapes. For the JSON schema only. */
export const editorSchema = z.strictObject({
  ...envelope,
  sources: z.array(z.union(BROKER_KINDS.map((kind) => z.strictObject({ ...manifests[kind].source.shape, ...sourceFields })))).default([]),
  routes: z.array(z.strictObject({ ...routeFields, source: z.union(BROKER_KINDS.map((kind) => manifests[kind].source)).describe(SOURCE), ...writtenRoute.shape })).default([]),
});
