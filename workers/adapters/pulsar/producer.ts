import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { sendFault } from "./faults.ts";
import { messageIdOf, messageIdText } from "./message-id.ts";
import type { Socket } from "./socket.ts";

/** One producer of one topic. */
export type Producer = {
  isOpen(): boolean;
  /** Sends a frame and resolves with what became of it; never rejects. `signal` ends the wait, not the message. */
  send(frame: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<PublishOutcome>;
  close(): Promise<void>;
};

/** How long the service may take for its verdict: longer than it waits for the broker itself. */
const VERDICT_MS = 10_000;
const CLOSE_MS = 500;
/** A producer nobody uses is closed. */
const IDLE_MS = 20_000;

const unknown = (fault: Fault): PublishOutcome => ({ status: "unknown", fault });

/** The answer to one message; source: ProducerAck.java in Pulsar's WebSocket service. */
type Verdict = { readonly result?: unknown; readonly errorMsg?: unknown; readonly messageId?: unknown; readonly context?: unknown };

/** A producer on the socket that `open` gives. Throws Fault when it can not be opened. */
export async function openProducer(open: (hear: (text: string) => void) => Promise<Socket>): Promise<Producer> {
  const flight = new Map<string, (outcome: PublishOutcome) => void>();
  let sent = 0;
  let idle: NodeJS.Timeout | undefined;
  const hear = (text: string): void => {
    const verdict = JSON.parse(text) as Verdict;
    // one that is no JSON to the service, since it is too long, comes back without its context
    const context = typeof verdict.context === "string" ? verdict.context : flight.size === 1 ? [...flight.keys()][0] : undefined;
    if (context !== undefined) flight.get(context)?.(outcomeOf(verdict));
  };
  const socket = await open(hear);
  const rest = (): void => {
    clearTimeout(idle);
    if (flight.size === 0) idle = setTimeout(() => void socket.close(CLOSE_MS), IDLE_MS).unref();
  };
  rest();
  void socket.ended.then(({ code, fault }) => {
    clearTimeout(idle);
    // The service closes before it has looked at a frame that is too large. Such a one is sent alone.
    const never = code === 1009 && flight.size === 1;
    for (const tell of flight.values()) tell(never ? { status: "refused", fault } : unknown(fault));
  });
  return {
    isOpen: () => socket.isOpen(),
    send: (frame, signal) => {
      const context = String(sent++);
      const { promise, resolve } = Promise.withResolvers<PublishOutcome>();
      try {
        flight.set(context, resolve);
        clearTimeout(idle);
        socket.send(JSON.stringify({ ...frame, context }));
      } catch (error) {
        flight.delete(context);
        return Promise.resolve({ status: "refused", fault: error instanceof Fault ? error : new Fault("internal", "the message could not be written") });
      }
      const abort = (): void => resolve(unknown(new Fault("timeout", "the publish was called off before a verdict")));
      signal.addEventListener("abort", abort, { once: true });
      const late = setTimeout(() => resolve(unknown(new Fault("timeout", "the WebSocket service gave no verdict in time"))), VERDICT_MS);
      return promise.finally(() => {
        clearTimeout(late);
        signal.removeEventListener("abort", abort);
        flight.delete(context);
        rest();
      });
    },
    close: () => socket.close(CLOSE_MS),
  };
}

function outcomeOf({ result, errorMsg, messageId }: Verdict): PublishOutcome {
  if (result === "ok") {
    const id = typeof messageId === "string" ? messageIdOf(Buffer.from(messageId, "base64")) : null;
    return { status: "confirmed", receipt: id === null ? null : messageIdText(id) };
  }
  const { fault, surely } = sendFault(String(result), typeof errorMsg === "string" ? errorMsg : "");
  return { status: surely ? "refused" : "unknown", fault };
}
