import { router } from "../trpc.ts";
import { auditRouter } from "./audit.ts";
import { environmentRouter } from "./environment.ts";
import { liveRouter } from "./live.ts";
import { messagesRouter } from "./messages.ts";
import { operationsRouter } from "./operations.ts";
import { peopleRouter } from "./people.ts";

/** The table of contents of the API. */
export const appRouter = router({
  audit: auditRouter,
  environment: environmentRouter,
  live: liveRouter,
  messages: messagesRouter,
  operations: operationsRouter,
  people: peopleRouter,
});
export type AppRouter = typeof appRouter;
