/** Whether a target surely is the queue of that name: what leads there by way of an exchange is not known here. */
export const isSamePlace = (target: Readonly<Record<string, unknown>>, queue: string): boolean =>
  target["kind"] === "rabbitmq" ? target["exchange"] === "" && target["routingKey"] === queue : [target["queue"], target["topic"], target["key"]].includes(queue);
