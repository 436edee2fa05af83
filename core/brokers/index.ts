import { pgboss } from "./pgboss.ts";
import { rabbitmq } from "./rabbitmq.ts";

/** Every broker kind Redrive speaks to. */
export const manifests = { rabbitmq, pgboss } as const;
export type BrokerKind = keyof typeof manifests;
export const BROKER_KINDS = Object.keys(manifests) as BrokerKind[];
