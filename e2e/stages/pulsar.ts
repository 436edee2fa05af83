import { text } from "#core/message/header.ts";
import { whyNoJava } from "#test/brokers/java.ts";
import { startPulsar, type PulsarAddress } from "#test/brokers/pulsar.ts";
import { makeTopic, pulsarAccess, put, readAll, type Extra } from "#test/brokers/pulsar-harness.ts";
import { eventually } from "#test/eventually.ts";
import type { Stage } from "./stage.ts";

const WORK = "persistent://public/default/shop.refunds";
const DEAD = `${WORK}-billing-DLQ`;

/** Refunds whose consumer gives up what it failed on three times, as Pulsar's Java client does it. */
export const pulsarStage: Stage<PulsarAddress> = {
  kind: "pulsar",
  async open() {
    const missing = await whyNoJava();
    if (missing !== null) throw new Error(missing);
    const { stop, restart: _restart, kill9AndStart: _kill, ...address } = await startPulsar();
    await makeTopic(address, { topic: "shop.refunds", subscription: "billing" });
    await makeTopic(address, { topic: "shop.refunds-billing-DLQ", subscription: null });
    return {
      address,
      connection: { name: "pulsar", kind: "pulsar", ...pulsarAccess(address) },
      source: { connection: "pulsar", source: { queue: DEAD }, custody: "copied" as const, consent: false, capture: true, watchSeconds: 60 },
      close: stop,
    };
  },
  async actors(address) {
    const bury = (body: Buffer, properties: Readonly<Record<string, string>>, extra: Extra): Promise<void> => {
      const death = { REAL_TOPIC: WORK, REAL_SUBSCRIPTION: "billing", ORIGIN_MESSAGE_ID: "77:3:-1", ORIGIN_MESSAGE_IDY_TIME: "77:3:-1", RECONSUMETIMES: "3", DELAY_TIME: "500" };
      return put(address, DEAD, [{ body, headers: Object.entries({ ...properties, ...death }).map(([name, value]) => text(name, value)) }], extra);
    };
    return {
      die: (body) => bury(body, { tenant: "berlin" }, { key: "refund-1042" }),
      async take() {
        const { body, properties, key } = await eventually(async () => {
          const [first] = await readAll(address, WORK);
          if (first === undefined) throw new Error("nothing was resent yet");
          return first;
        }, { timeoutMs: 30_000, intervalMs: 200 });
        return { body, headers: properties, dieAgain: () => bury(body, properties, key === null ? {} : { key }) };
      },
      [Symbol.asyncDispose]: async () => undefined,
    };
  },
  told: { rule: "Pulsar retry letter topic", failedIn: WORK, target: WORK, row: "Retries exhausted", stamped: true },
};
