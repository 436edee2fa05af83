import type { Outputs } from "../trpc/outputs.ts";

export type RouteRow = Outputs["routes"]["list"][number];
export type RouteDetail = Outputs["routes"]["get"];
export type RouteHour = Outputs["routes"]["minutes"];
export type DeliveryRow = Outputs["deliveries"]["list"]["rows"][number];
export type Delivery = Outputs["deliveries"]["ofMessage"][number];
export type DeliveryAttempt = Delivery["attempts"][number];
export type Breaker = NonNullable<RouteDetail["breaker"]>;
