import { kafkaStage } from "./kafka.ts";
import { natsStage } from "./nats.ts";
import { redisListStage } from "./redis-list.ts";
import { pulsarStage } from "./pulsar.ts";
import { redisStreamStage } from "./redis-stream.ts";
import { rocketMqStage } from "./rocketmq.ts";
import type { Stage } from "./stage.ts";

/** What an address holds is known to its own stage alone. */
const erased = <Address>({ feed, ...stage }: Stage<Address>): Stage => ({
  ...stage,
  actors: (address) => stage.actors(address as Address),
  ...(feed === undefined ? {} : { feed: (address: unknown) => feed(address as Address) }),
});

/** Every further broker of the end-to-end tests. */
export const STAGES: readonly Stage[] = [erased(kafkaStage), erased(redisListStage), erased(redisStreamStage), erased(natsStage), erased(rocketMqStage), erased(pulsarStage)];
