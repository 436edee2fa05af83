import { headerText } from "../message/header.ts";
import type { Decoder } from "./decoder.ts";
import { isPulsarDeath, pulsarForm, pulsarPlan, reconsumeTimes } from "./pulsar-values.ts";

/** Generic names: an application's own, unless this package wrote the death. */
const ERROR = ["EXCEPTION_TYPE", "EXCEPTION_MESSAGE", "STACK_TRACE"] as const;

/** DotPulsar.Extensions' dead-letter policy, the one that tells the error; source: its DeadLetterPolicy.cs. */
export const pulsarDotPulsar: Decoder = {
  rule: "pulsar-dotpulsar",
  title: "DotPulsar.Extensions dead-letter topic",
  transports: ["pulsar"],
  matches: (captured) => isPulsarDeath(captured) && ERROR.some((name) => headerText(captured.headers, name) !== null),
  decode(captured) {
    const [type, message, stack] = ERROR.map((name) => headerText(captured.headers, name));
    return { ...pulsarForm(captured), reason: "handler_error", attempts: reconsumeTimes(captured), error: { type: type ?? null, message: message ?? null, stack: stack ?? null } };
  },
  plan: (captured) => pulsarPlan(captured, ERROR),
};
