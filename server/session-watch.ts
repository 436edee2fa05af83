import type { Db } from "#db/client.ts";
import { liveSessions } from "#db/queries/sessions.ts";

const EVERY_MS = 2_000;

type Watch = { readonly streams: Map<string, Set<AbortController>>; timer: NodeJS.Timeout | null };
const holder = globalThis as typeof globalThis & { redriveSessionWatch?: Watch };

function watch(): Watch {
  holder.redriveSessionWatch ??= { streams: new Map(), timer: null };
  return holder.redriveSessionWatch;
}

/**
 * A signal that aborts within seconds after the session ended (signed out, disabled, expired), for as long as the
 * request goes on. One query every two seconds for all open streams of the process, none when there is none.
 */
export function sessionSignal(db: Db, sessionId: string, request: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const all = watch();
  const streams = all.streams.get(sessionId) ?? new Set();
  all.streams.set(sessionId, streams.add(controller));
  all.timer ??= setInterval(() => void endDeadStreams(db, all), EVERY_MS).unref();
  const leave = (): void => {
    streams.delete(controller);
    if (streams.size === 0 && all.streams.get(sessionId) === streams) all.streams.delete(sessionId);
    if (all.streams.size > 0 || all.timer === null) return;
    clearInterval(all.timer);
    all.timer = null;
  };
  request.addEventListener("abort", leave, { once: true });
  controller.signal.addEventListener("abort", leave, { once: true });
  if (request.aborted) leave();
  return controller.signal;
}

async function endDeadStreams(db: Db, { streams }: Watch): Promise<void> {
  // a database that does not answer ends no stream: it gives them nothing to tell either
  const live = await liveSessions(db, [...streams.keys()]).catch(() => null);
  if (live === null) return;
  for (const [sessionId, controllers] of streams)
    if (!live.has(sessionId)) for (const controller of controllers) controller.abort();
}
