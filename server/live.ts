import { LIVE_TOPICS, type LiveTopic } from "#core/live.ts";
import { listen } from "#db/listen.ts";
import { serverEnv } from "./env.ts";

type Heard = (topics: readonly LiveTopic[]) => void;
type Bus = { readonly heard: Set<Heard>; listening: Promise<unknown> | null };

const holder = globalThis as typeof globalThis & { redriveBus?: Bus };

function bus(): Bus {
  holder.redriveBus ??= { heard: new Set(), listening: null };
  const it = holder.redriveBus;
  // one LISTEN connection for the whole process; a failed start is tried again by the next subscriber
  it.listening ??= listen(serverEnv().DATABASE_URL, "redrive web", (topics) => {
    for (const each of it.heard) each(topics);
  }).catch(() => {
    it.listening = null;
  });
  return it;
}

export type LiveEvent = { readonly topics: readonly LiveTopic[]; readonly at: string };

/**
 * What changed, at most every `paceMs`, the changes in between joined. Begins with all topics, since a client that
 * (re)connects may have missed some; says nothing for a while only when nothing changed.
 */
export async function* live(signal: AbortSignal, paceMs = 100): AsyncGenerator<LiveEvent> {
  const waiting = new Set<LiveTopic>(LIVE_TOPICS);
  let wake = () => {};
  const heard: Heard = (topics) => {
    for (const topic of topics) waiting.add(topic);
    wake();
  };
  const { heard: listeners } = bus();
  listeners.add(heard);
  signal.addEventListener("abort", () => wake(), { once: true });
  try {
    while (!signal.aborted) {
      if (waiting.size === 0) await new Promise<void>((resolve) => (wake = resolve));
      if (signal.aborted) return;
      const topics = [...waiting];
      waiting.clear();
      yield { topics, at: new Date().toISOString() };
      await new Promise((resolve) => setTimeout(resolve, paceMs));
    }
  } finally {
    listeners.delete(heard);
  }
}
