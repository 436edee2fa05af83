// The thread that runs one module: started by module-host.ts with the module's address.
import { parentPort, workerData } from "node:worker_threads";
import { prettyAnswer, thrownOf } from "./module-outcome.ts";
import type { Context, Handler, Message } from "./module-api.ts";
import type { FromThread, ToThread, WireDelivery } from "./module-wire.ts";

class Retry extends Error {
  readonly delayMs: number | undefined;
  constructor(message = "the module asked for another try", { delayMs, ...options }: ErrorOptions & { readonly delayMs?: number } = {}) {
    super(message, options);
    this.name = "Retry";
    this.delayMs = delayMs;
  }
}

class DeadLetter extends Error {
  constructor(message = "the module asked for no other try", options?: ErrorOptions) {
    super(message, options);
    this.name = "DeadLetter";
  }
}

const port = parentPort;
if (port === null) throw new Error("this file is a thread's");
const tell = (word: FromThread): void => port.postMessage(word);
const running = new Map<number, AbortController>();

async function loaded(): Promise<Handler | null> {
  const { href } = workerData as { href: string };
  try {
    const loadedModule = (await import(href)) as { default?: unknown };
    if (typeof loadedModule.default === "function") return loadedModule.default as Handler;
    tell({ type: "unusable", message: "it has no default export that is a function", stack: null });
  } catch (error) {
    const { name, message, stack } = thrownOf(error);
    tell({ type: "unusable", message: `it could not be loaded: ${name ?? "Error"}: ${message}`, stack });
  }
  return null;
}

async function deliver(handler: Handler, n: number, delivery: WireDelivery): Promise<void> {
  const abort = new AbortController();
  running.set(n, abort);
  try {
    const returned = await handler(messageOf(delivery), contextOf(delivery, abort.signal));
    tell({ type: "done", n, answer: prettyAnswer(returned) });
  } catch (error) {
    tell({ type: "threw", n, thrown: thrownOf(error) });
  } finally {
    running.delete(n);
  }
}

function messageOf({ messageId, receivedAt, body, headers, native }: WireDelivery): Message {
  const text = (): string => new TextDecoder("utf-8", { fatal: true }).decode(body);
  return {
    id: messageId,
    receivedAt,
    body,
    text,
    json: () => JSON.parse(text()) as unknown,
    headers,
    header: (name) => headers.find(([own]) => own.toLowerCase() === name.toLowerCase())?.[1] ?? null,
    native,
  };
}

const contextOf = ({ route, attempt }: WireDelivery, signal: AbortSignal): Context => ({ route, attempt, signal, Retry, DeadLetter });

const handler = await loaded();
if (handler !== null) {
  port.on("message", (word: ToThread) => {
    if (word.type === "abort") running.get(word.n)?.abort(new DOMException("the deadline has passed", "TimeoutError"));
    else void deliver(handler, word.n, word.delivery);
  });
  tell({ type: "loaded" });
}
