import { router } from "../trpc.ts";
import { liveRouter } from "./live.ts";
import { messagesRouter } from "./messages.ts";
import { operationsRouter } from "./operations.ts";

/** The table of contents of the API. */
export const appRouter = router({
  live: liveRouter,
  messages: messagesRouter,
  operations: operationsRouter,
});
export type AppRouter = typeof appRouter;
