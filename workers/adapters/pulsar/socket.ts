import type { IncomingMessage } from "node:http";
import { WebSocket } from "ws";
import { Fault } from "#core/fault.ts";
import { closeFault, faultOf, statusFault } from "./faults.ts";

/** One open WebSocket that notices when nobody is there any more. */
export type Socket = {
  isOpen(): boolean;
  /** Throws Fault when it is not open. */
  send(text: string): void;
  /** Stops and goes on reading; while it is stopped, silence is no sign. */
  pause(): void;
  resume(): void;
  /** Resolves with what ended it, also where that was our own close. */
  readonly ended: Promise<{ readonly code: number; readonly fault: Fault }>;
  /** Says goodbye and waits for the answer, at most `ms`; then the connection is gone. */
  close(ms: number): Promise<void>;
};

const OPEN_MS = 5_000;
const PING_MS = 1_500;
/** Nothing at all came for so long, although pings went out. */
const SILENT_MS = 5_000;
/** Of one frame: the largest chunked message with its base64. */
const MAX_FRAME = 256 * 1024 * 1024;
const MAX_REFUSAL = 64 * 1024;

/** Opens a WebSocket; `hear` gets each text frame. Throws Fault with what the service says when it refuses. */
export async function openSocket(url: string, headers: Record<string, string>, hear: (text: string) => void, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = new WebSocket(url, { headers, handshakeTimeout: OPEN_MS, maxPayload: MAX_FRAME, perMessageDeflate: false });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<{ code: number; fault: Fault }>();
  let fault: Fault | null = null;
  let raw: IncomingMessage["socket"] | null = null;
  const abort = (): void => socket.terminate();
  signal.addEventListener("abort", abort, { once: true });
  socket.on("upgrade", (response) => (raw = response.socket));
  socket.on("open", () => opened.resolve());
  socket.on("error", (error) => (fault ??= faultOf(error)));
  socket.on("unexpected-response", (request, response) => {
    void refusalOf(response).then((why) => {
      fault ??= why;
      opened.reject(why);
      request.destroy();
    });
  });
  socket.on("message", (data, isBinary) => {
    if (!isBinary) hear(data.toString());
  });
  socket.on("close", (code, reason) => {
    clearInterval(watching);
    signal.removeEventListener("abort", abort);
    const why = fault ?? closeFault(code, reason.toString());
    opened.reject(why);
    ended.resolve({ code, fault: why });
  });
  let heard = 0;
  let heardAt = performance.now();
  const watching = setInterval(() => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const bytes = raw?.bytesRead ?? 0;
    if (bytes !== heard || socket.isPaused) heardAt = performance.now();
    heard = bytes;
    if (performance.now() - heardAt > SILENT_MS) {
      fault ??= new Fault("timeout", "the WebSocket service does not answer any more");
      socket.terminate();
    } else socket.ping();
  }, PING_MS);
  watching.unref();
  await opened.promise;
  return {
    isOpen: () => socket.readyState === WebSocket.OPEN,
    send: (text) => {
      if (socket.readyState !== WebSocket.OPEN) throw fault ?? new Fault("unreachable", "the WebSocket is closed");
      socket.send(text);
    },
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    ended: ended.promise,
    close: async (ms) => {
      socket.resume();
      socket.close(1000);
      const timer = setTimeout(() => socket.terminate(), ms);
      await ended.promise;
      clearTimeout(timer);
    },
  };
}

/** What the service says instead of opening. */
async function refusalOf(response: IncomingMessage): Promise<Fault> {
  let body = "";
  try {
    for await (const chunk of response) {
      body += String(chunk);
      if (body.length > MAX_REFUSAL) break;
    }
  } catch {
    // the status says enough
  }
  const fault = statusFault(response.statusCode ?? 0, body);
  const isThere = body.includes("errorMsg") || body.includes("producer/consumer");
  // the admin API was asked for the topic before: what is not found is the service
  return fault.code === "not_found" && !isThere ? new Fault("unsupported", "there is no WebSocket API: set webSocketServiceEnabled=true in the broker or proxy, or name the WebSocket service's address") : fault;
}
