import { router } from "../trpc.ts";
import { liveRouter } from "./live.ts";

/** The table of contents of the API. */
export const appRouter = router({
  live: liveRouter,
});
export type AppRouter = typeof appRouter;
