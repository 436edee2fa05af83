import type { Outgoing } from "../message/raw.ts";

const MAX_COUNT = 500;
const MAX_BYTES = 4 * 1024 * 1024;

/** Messages in parts that are sent together: at most 500, and 4 MiB of bodies unless one alone is larger. */
export function* partsOf(messages: readonly Outgoing[]): Generator<readonly Outgoing[]> {
  let part: Outgoing[] = [];
  let bytes = 0;
  for (const message of messages) {
    if (part.length > 0 && (part.length >= MAX_COUNT || bytes + message.body.length > MAX_BYTES)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(message);
    bytes += message.body.length;
  }
  if (part.length > 0) yield part;
}
