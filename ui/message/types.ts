import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "#server/routers/_app.ts";
import type { TimelineEntry } from "#server/services/message-detail.ts";

export type MessageDetail = inferRouterOutputs<AppRouter>["messages"]["get"];
export type { TimelineEntry };
export type Death = Extract<TimelineEntry, { kind: "death" }>;
export type Attempt = Extract<TimelineEntry, { kind: "attempt" }>;
export type Edit = Extract<TimelineEntry, { kind: "edit" }>;
export type StateEvent = Extract<TimelineEntry, { kind: "event" }>;

/** A death or an edit: what has a body and headers to look at. */
export type Version = { readonly of: "death" | "revision"; readonly id: string };
