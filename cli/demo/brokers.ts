import type { DemoBroker } from "./demo-broker.ts";
import { rabbitmqDemo } from "./rabbitmq.ts";

/** The brokers the demo looks for, besides pg-boss on its own PostgreSQL. */
export const DEMO_BROKERS: readonly DemoBroker[] = [
  rabbitmqDemo,
];
