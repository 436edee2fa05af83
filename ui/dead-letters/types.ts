import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/routers/_app.ts";

type Outputs = inferRouterOutputs<AppRouter>["messages"];
export type MessageRow = Outputs["list"]["rows"][number];
export type StateCounts = Outputs["counts"];
