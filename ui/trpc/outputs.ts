import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/routers/_app.ts";

/** What each procedure answers: `Outputs["queues"]["list"]`. */
export type Outputs = inferRouterOutputs<AppRouter>;
