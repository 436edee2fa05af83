import { router } from "../trpc.ts";
import { apiKeysRouter } from "./api-keys.ts";
import { auditRouter } from "./audit.ts";
import { connectionsRouter } from "./connections.ts";
import { deliveriesRouter } from "./deliveries.ts";
import { environmentRouter } from "./environment.ts";
import { groupsRouter } from "./groups.ts";
import { liveRouter } from "./live.ts";
import { messagesRouter } from "./messages.ts";
import { operationsRouter } from "./operations.ts";
import { overviewRouter } from "./overview.ts";
import { peopleRouter } from "./people.ts";
import { queuesRouter } from "./queues.ts";
import { routesRouter } from "./routes.ts";
import { sourcesRouter } from "./sources.ts";

/** The table of contents of the API. */
export const appRouter = router({
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  connections: connectionsRouter,
  deliveries: deliveriesRouter,
  environment: environmentRouter,
  groups: groupsRouter,
  live: liveRouter,
  messages: messagesRouter,
  operations: operationsRouter,
  overview: overviewRouter,
  people: peopleRouter,
  queues: queuesRouter,
  routes: routesRouter,
  sources: sourcesRouter,
});
export type AppRouter = typeof appRouter;
