import { manifests } from "../brokers/index.ts";
import { covers } from "../brokers/nats-subject.ts";

/** Where a route reads: the source's name, and the source in its broker's words. */
export type ReadPlace = { readonly name: string; readonly source: unknown };

/** Whether a target surely leads to what is read: what leads there by way of an exchange or a stream is not known here. */
export function isSamePlace(target: Readonly<Record<string, unknown>>, { name, source }: ReadPlace): boolean {
  if (target["kind"] === "rabbitmq") return target["exchange"] === "" && target["routingKey"] === name;
  if (target["kind"] !== "nats") return [target["queue"], target["topic"], target["key"]].includes(name);
  const read = manifests.nats.source.safeParse(source);
  return read.success && read.data.mode === "subject" && covers(read.data.queue, String(target["subject"]));
}
