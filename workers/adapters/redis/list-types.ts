import { Fault } from "#core/fault.ts";
import type { ListSource } from "./list-element.ts";

type Envelope = ListSource["envelope"];

/** Names of the sets in which libraries keep their dead; the jobs themselves lie elsewhere. */
const SHAPES: Readonly<Partial<Record<Envelope, RegExp>>> = { bullmq: /^.+:[^:]+:failed$/, rq: /^.*failed:.+$/, dramatiq: /^.+:.+\.XQ$/ };
const ASYNQ = /^asynq:\{.+\}:(archived|retry|scheduled|completed)$/;

/** Which library's set of dead jobs a key is by its name, or null. */
export function envelopeOf(key: string, type: string): Envelope | null {
  if (type === "list") return null;
  if (/^(?:.+:)?rq:failed:.+$/.test(key)) return "rq";
  if (key.startsWith("dramatiq:") && key.endsWith(".XQ")) return "dramatiq";
  if (/^bull:.+:failed$/.test(key)) return "bullmq";
  return /^(?:.+:)?(dead|retry)$/.test(key) ? "sidekiq" : null;
}

/** Whether asynq keeps tasks under this key: ids of tasks whose content Redrive does not read. */
export const isAsynq = (key: string): boolean => ASYNQ.test(key);

/** Throws Fault `unsupported` where taking would part an id from its job. */
export function mustBe({ queue, envelope }: ListSource): void {
  if (isAsynq(queue)) throw new Fault("unsupported", `${queue} holds ids of asynq's tasks; Redrive does not capture asynq`);
  const shape = SHAPES[envelope];
  if (shape !== undefined && !shape.test(queue)) throw new Fault("invalid", `${queue} is not named as ${envelope} names its dead: where the jobs themselves lie is not known`);
  const known = envelope === "plain" ? envelopeOf(queue, "zset") : null;
  if (known !== null && known !== "sidekiq") throw new Fault("invalid", `${queue} holds ids of jobs: capture it with the envelope ${known}`);
}

/** Whether a key of this Redis type can be captured so; an empty list or set is none at all. */
export const isTakeable = ({ envelope }: ListSource, type: string): boolean =>
  type === "none" || (type === "zset" && envelope !== "celery") || (type === "list" && SHAPES[envelope] === undefined);
