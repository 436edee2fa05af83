import type { Captured, Decoder } from "./decoder.ts";
import { SPRING_NAMES, springPosition, springRecordForm, springRecordPlan } from "./spring-kafka-form.ts";

const SIGN = "original-topic";

/** A prefix under which all of topic, int32 partition and int64 offset stand: those encodings are Spring's own. */
function prefixOf(captured: Captured): string | null {
  for (const { name } of captured.headers) {
    if (!name.endsWith(SIGN) || name === SIGN) continue;
    const prefix = name.slice(0, -SIGN.length);
    const { topic, partition, offset } = springPosition(captured, prefix);
    if (topic !== null && partition !== null && offset !== null) return prefix;
  }
  return null;
}

/** Spring Kafka with header names of the application's own (setHeaderNamesSupplier) that keep Spring's endings. */
export const springKafkaNamed: Decoder = {
  rule: "spring-kafka-named",
  title: "Spring Kafka dead-letter topic, own header names",
  transports: ["kafka"],
  matches: (captured) => prefixOf(captured) !== null,
  decode: (captured) => springRecordForm(captured, prefixOf(captured) ?? ""),
  plan(captured) {
    const prefix = prefixOf(captured) ?? "";
    return springRecordPlan(captured, prefix, [...SPRING_NAMES.map((name) => `${prefix}${name}`), "springDeserializerException*"]);
  },
};
