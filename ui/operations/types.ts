import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/routers/_app.ts";

type Outputs = inferRouterOutputs<AppRouter>["operations"];
export type OperationRow = Outputs["list"][number];
export type OperationItem = Outputs["items"][number];
