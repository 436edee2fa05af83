import type { Adapter } from "#core/brokers/adapter.ts";
import type { rabbitmq } from "#core/brokers/rabbitmq.ts";
import { Fault } from "#core/fault.ts";
export const connectRabbit: Adapter<typeof rabbitmq> = async () => { throw new Fault("unsupported", "not yet"); };
