import { router } from "../trpc.ts";
import { connectionsRouter } from "./connections.ts";
import { groupsRouter } from "./groups.ts";
import { liveRouter } from "./live.ts";
import { messagesRouter } from "./messages.ts";
import { operationsRouter } from "./operations.ts";
import { overviewRouter } from "./overview.ts";
import { queuesRouter } from "./queues.ts";
import { sourcesRouter } from "./sources.ts";

/** The table of contents of the API. */
export const appRouter = router({
  connections: connectionsRouter,
  groups: groupsRouter,
  live: liveRouter,
  messages: messagesRouter,
  operations: operationsRouter,
  overview: overviewRouter,
  queues: queuesRouter,
  sources: sourcesRouter,
});
export type AppRouter = typeof appRouter;
