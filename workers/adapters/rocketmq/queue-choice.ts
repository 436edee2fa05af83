import type { TopicPart } from "./cluster.ts";
import { Fault } from "#core/fault.ts";
import { PERM } from "./codes.ts";

export type Queue = { readonly broker: string; readonly address: string; readonly queueId: number };

/** The queues of a topic that may be written, sorted. Throws Fault. */
export function queuesOf(topic: string, parts: readonly TopicPart[]): Queue[] {
  const queues = parts
    .filter(({ perm }) => (perm & PERM.write) !== 0)
    .flatMap(({ broker, address, writeQueues }) => Array.from({ length: writeQueues }, (_, queueId) => ({ broker, address, queueId })));
  if (queues.length === 0) throw new Fault("unauthorised", `the topic ${topic} may not be written to (perm=${parts[0]?.perm ?? 0})`);
  return queues;
}

/** A text's hash in Java, by which its clients choose a queue for a key. */
export function javaHash(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}
