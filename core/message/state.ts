/**
 * Every way a message may go, and who may send it there: [from, to, mover].
 * A mover says on whose authority, not in which process: "operator" is a person's order, "worker" is a fact
 * the workers observed (a verdict of the broker, an expired lease, a further death).
 */
export const ARROWS = [
  ["dead", "queued", "operator"], // resend
  ["dead", "discarded", "operator"],
  ["discarded", "dead", "operator"], // restore
  ["queued", "dead", "operator"], // called back before its turn
  ["queued", "sending", "worker"],
  ["sending", "resent", "worker"], // confirmed
  ["sending", "dead", "worker"], // refused, or it died again before the verdict came
  ["sending", "in_doubt", "worker"], // no verdict
  ["in_doubt", "resent", "worker"], // the verdict came late
  ["in_doubt", "dead", "worker"], // it died again, or a late refusal
  ["in_doubt", "resent", "operator"], // a person knows it arrived
  ["in_doubt", "dead", "operator"], // a person knows it did not
  ["in_doubt", "queued", "operator"], // send again, accepting a duplicate
  ["resent", "resolved", "worker"], // the watch window passed
  ["resent", "dead", "worker"], // it died again
  ["resolved", "dead", "worker"], // it died again after its window
  ["discarded", "dead", "worker"], // it died again elsewhere: a new death is never hidden
] as const;

type Arrow = (typeof ARROWS)[number];
export type MessageState = Arrow[0] | Arrow[1];
export type Mover = Arrow[2];
/** The states that `By` may bring a message to. */
export type Reach<By extends Mover> = Extract<Arrow, readonly [unknown, unknown, By]>[1];

/** In the order in which screens list them. */
export const MESSAGE_STATES = [
  "dead",
  "in_doubt",
  "queued",
  "sending",
  "resent",
  "resolved",
  "discarded",
] as const satisfies readonly MessageState[];

/** The states from which `by` may move a message `to`. Screens and SQL guards both ask here. */
export const sourcesOf = <By extends Mover>(by: By, to: Reach<By>): MessageState[] =>
  ARROWS.filter(([, target, mover]) => target === to && mover === by).map(([from]) => from);

/** What an operator may order, and the state the order leads to. */
export const ACTS = {
  resend: "queued",
  discard: "discarded",
  restore: "dead",
  call_back: "dead",
  mark_delivered: "resent",
  mark_not_delivered: "dead",
} as const satisfies Record<string, Reach<"operator">>;
export type Act = keyof typeof ACTS;

/** The states each act may start from: narrower than the arrows where two acts lead to the same state. */
const ACT_FROM: Record<Act, readonly MessageState[]> = {
  resend: sourcesOf("operator", "queued"),
  discard: sourcesOf("operator", "discarded"),
  restore: ["discarded"],
  call_back: ["queued"],
  mark_delivered: sourcesOf("operator", "resent"),
  mark_not_delivered: ["in_doubt"],
};

/** The states from which an operator may order `act`. */
export const statesFor = (act: Act): MessageState[] => [...ACT_FROM[act]];

/** Whether `act` may be ordered for a message in `state`: the answer for a button. */
export const may = (act: Act, state: MessageState): boolean => ACT_FROM[act].includes(state);
