import { kafkaStage } from "./kafka.ts";
import { natsStage } from "./nats.ts";
import { redisStreamStage } from "./redis-stream.ts";
import { rocketMqStage } from "./rocketmq.ts";
import type { Stage } from "./stage.ts";

/** What an address holds is known to its own stage alone. */
const erased = <Address>(stage: Stage<Address>): Stage => ({ ...stage, actors: (address) => stage.actors(address as Address) });

/** Every further broker of the end-to-end tests. */
export const STAGES: readonly Stage[] = [erased(kafkaStage), erased(redisStreamStage), erased(natsStage), erased(rocketMqStage)];
