import { z } from "zod";
import { routeDefinition, routeName } from "./definition.ts";

/** Where a route reads: a queue that was listed, or a source in the words of its broker, checked by the manifest. */
const routeSource = z.discriminatedUnion("from", [
  z.strictObject({ from: z.literal("queue"), queueId: z.uuid() }),
  z.strictObject({ from: z.literal("typed"), connectionId: z.uuid(), source: z.record(z.string().max(64), z.unknown()) }),
]);

/** A new route. */
export const routeToCreate = z.strictObject({
  name: routeName,
  source: routeSource,
  /** The person has read that a route empties a queue that does not keep its messages, and agrees. */
  consent: z.boolean(),
  definition: routeDefinition,
});
export type RouteToCreate = z.infer<typeof routeToCreate>;

/** A change of a route; its queue stays. */
export const routeToChange = z.strictObject({
  id: z.uuid(),
  name: routeName,
  /** The version this edit was made from. */
  version: z.int().min(1),
  definition: routeDefinition,
});
export type RouteToChange = z.infer<typeof routeToChange>;
