import type { z } from "zod";
import type { BrokerKind, manifests } from "./index.ts";

type SourceOf<K extends BrokerKind> = z.infer<(typeof manifests)[K]["source"]>;

/** What tells sources of one queue apart, besides the queue. */
const names: { readonly [K in BrokerKind]?: (source: SourceOf<K>) => string } = {
  "redis-stream": ({ queue, stuckIn }) => (stuckIn === undefined ? queue : `${queue} (stuck in ${stuckIn})`),
  nats: ({ queue, mode, subject, group }) => {
    // a stream may bear the name of a subject
    if (mode === "subject") return `${queue} (${group === undefined ? "subject" : `subject, group ${group}`})`;
    return subject === undefined ? queue : `${queue} (${subject})`;
  },
};

/** A source's name, unique within its connection; `discover` lists it under the same. */
export const sourceName = <K extends BrokerKind>(kind: K, source: SourceOf<K>): string =>
  (names[kind] as ((source: SourceOf<K>) => string) | undefined)?.(source) ?? source.queue;
