/**
 * Every way a delivery may go, and on whose authority: [from, to, mover]. What a delivery is after `dead` is a dead letter,
 * with the states of core/message/state.ts; resending it through its route begins another delivery of the same message.
 */
export const DELIVERY_ARROWS = [
  ["pending", "delivering", "worker"], // a try began
  ["retrying", "delivering", "worker"],
  ["delivering", "succeeded", "worker"],
  ["delivering", "retrying", "worker"], // it failed and is worth another try
  ["delivering", "pending", "worker"], // nothing was tried: an equal message is under way, or the guard's store is down
  ["delivering", "dead", "worker"], // exhausted, not retryable, expired
  ["pending", "dead", "worker"], // overflow, expired
  ["retrying", "dead", "worker"], // expired
  ["pending", "dead", "operator"], // given up
  ["retrying", "dead", "operator"],
] as const;

type Arrow = (typeof DELIVERY_ARROWS)[number];
export type DeliveryState = Arrow[0] | Arrow[1];
export type DeliveryMover = Arrow[2];

/** In the order in which screens list them. */
export const DELIVERY_STATES = ["pending", "delivering", "retrying", "succeeded", "dead"] as const satisfies readonly DeliveryState[];

/** States a delivery leaves; `succeeded` and `dead` are its ends. */
export const UNFINISHED = ["pending", "delivering", "retrying"] as const satisfies readonly DeliveryState[];

/** The states from which `by` may move a delivery `to`; SQL guards and buttons both ask here. */
export const deliverySourcesOf = (by: DeliveryMover, to: DeliveryState): DeliveryState[] =>
  DELIVERY_ARROWS.filter(([, target, mover]) => target === to && mover === by).map(([from]) => from);

const TRIGGERS = ["first", "automatic", "manual", "operation", "probe"] as const;
/** Why a try was made: the message's first, a retry by the schedule, *retry now*, an operator's resend, the breaker's probe. */
export type Trigger = (typeof TRIGGERS)[number];

const DEAD_CAUSES = ["exhausted", "not_retryable", "expired", "overflow", "given_up", "guard_key_missing", "unknown_outcome"] as const;
/** Why a route gave a message up. */
export type DeadCause = (typeof DEAD_CAUSES)[number];
