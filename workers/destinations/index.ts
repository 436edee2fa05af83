import { Fault } from "#core/fault.ts";
import type { RouteDestination } from "#core/route/definition.ts";
import type { AnySession } from "../adapters/index.ts";
import type { Destination } from "./destination.ts";
import { openQueue } from "./queue.ts";

export type DestinationParts = {
  sessionOf(connectionId: string): Promise<AnySession>;
};

/** Opens a route's destination. Throws Fault when its definition names what is not there. */
export async function openDestination(destination: RouteDestination, { sessionOf }: DestinationParts): Promise<Destination> {
  switch (destination.kind) {
    case "queue":
      return openQueue(destination, sessionOf);
    default:
      throw new Fault("unsupported", `this version of Redrive does not deliver to ${destination.kind}`);
  }
}
