import { z } from "zod";
import { BROKER_KINDS } from "./brokers/index.ts";

/** What the web may ask of the workers, by kind. `secrets` is sealed text. */
export const commandInputs = {
  /** Does this login work? Before a connection is saved. */
  probe: z.strictObject({
    kind: z.enum(BROKER_KINDS as [string, ...string[]]),
    settings: z.string(),
    secrets: z.string(),
  }),
  /** List the queues of a saved connection. */
  discover: z.strictObject({ connectionId: z.uuid() }),
  /** Measure the depths of a saved connection at once. */
  measure: z.strictObject({ connectionId: z.uuid() }),
  /** Read a schema from the registry of a saved connection and store it. */
  schema: z.strictObject({ connectionId: z.uuid(), schemaId: z.number().int().min(0).max(0xffff_ffff) }),
} as const;
export type CommandKind = keyof typeof commandInputs;
export type CommandInput<K extends CommandKind> = z.infer<(typeof commandInputs)[K]>;
