import type { RouteDestination } from "#core/route/definition.ts";
import type { AnySession } from "../adapters/index.ts";
import type { Destination } from "./destination.ts";
import { openHttp, type HttpEnv } from "./http.ts";
import { openModule, type ModuleEnv } from "./module.ts";
import { openQueue } from "./queue.ts";

export type DestinationParts = HttpEnv & {
  sessionOf(connectionId: string): Promise<AnySession>;
  readonly modules: ModuleEnv;
};

/** Opens a route's destination. What is wrong with its definition is told at each delivery, as `configuration`. */
export function openDestination(destination: RouteDestination, parts: DestinationParts): Destination {
  switch (destination.kind) {
    case "http":
      return openHttp(destination, parts);
    case "queue":
      return openQueue(destination, parts.sessionOf);
    case "module":
      return openModule(destination, parts.modules);
  }
}
