/** The queue of each broker from which the demo's routes take orders; nothing else consumes it. */
export const ROUTED_QUEUE = "demo.orders";

/** The share of orders whose producer was not sure and sent them again. */
export const SENT_TWICE = 1 / 15;
