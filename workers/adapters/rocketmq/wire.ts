import { createHmac } from "node:crypto";
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { Fault } from "#core/fault.ts";
import { faultOf } from "./faults.ts";
import { decodeCommand, encodeRequest, frameReader, isAnswer, type Command } from "./frame.ts";

export type Login = { readonly accessKey: string; readonly accessSecret: string };
export type WireOptions = { readonly tls: boolean; readonly login: Login; readonly timeoutMs: number };

export type Ask = {
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** How long the answer may take, ms; default 5,000. */
  readonly timeoutMs?: number;
};

/** One connection to a broker or a name server. Answers are found by number, so many requests may be under way. */
export type Wire = {
  readonly address: string;
  /** The answer, whatever its code. Throws Fault when there is none; then it is not known whether the request was processed. */
  ask(code: number, ask?: Ask): Promise<Command>;
  /** Why it ended, null while it is open. */
  ended(): Fault | null;
  /** Rejects with the Fault that ended it; never resolves. */
  readonly lost: Promise<never>;
  close(): void;
};

const ANSWER_MS = 5_000;
const NO_BYTES = new Uint8Array();

/** Connects to `host:port`. Throws Fault. */
export async function openWire(address: string, { tls, login, timeoutMs }: WireOptions): Promise<Wire> {
  const socket = await dial(address, tls, timeoutMs);
  const waiting = new Map<number, (answer: Command | Fault) => void>();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => {});
  let ended: Fault | null = null;
  let opaque = 0;
  const end = (fault: Fault): void => {
    if (ended !== null) return;
    ended = fault;
    socket.destroy();
    for (const settle of waiting.values()) settle(fault);
    waiting.clear();
    lost.reject(fault);
  };
  const read = frameReader();
  socket.on("data", (chunk: Buffer) => {
    try {
      for (const frame of read(chunk)) {
        const command = decodeCommand(frame);
        // what a broker asks of its clients (new members, transactions) does not concern us
        if (isAnswer(command)) waiting.get(command.opaque)?.(command);
      }
    } catch (error) {
      end(faultOf(error));
    }
  });
  socket.on("error", (error) => end(faultOf(error)));
  socket.on("close", () => end(new Fault("unreachable", `${address} closed the connection`)));
  return {
    address,
    ended: () => ended,
    lost: lost.promise,
    close: () => end(new Fault("unreachable", "the connection was closed")),
    async ask(code, { fields = {}, body = NO_BYTES, signal, timeoutMs: within = ANSWER_MS } = {}) {
      if (ended !== null) throw ended;
      signal?.throwIfAborted();
      const number = (opaque = (opaque + 1) & 0x7fffffff);
      const settled = Promise.withResolvers<Command>();
      const give = (answer: Command | Fault): void => (answer instanceof Fault ? settled.reject(answer) : settled.resolve(answer));
      waiting.set(number, give);
      const stop = (): void => give(new Fault("timeout", "stopped before the answer came"));
      signal?.addEventListener("abort", stop, { once: true });
      const timer = setTimeout(() => give(new Fault("timeout", `${address} did not answer within ${within} ms`)), within);
      socket.write(encodeRequest(code, number, signed(fields, body, login), body));
      try {
        return await settled.promise;
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", stop);
        waiting.delete(number);
      }
    },
  };
}

const KNOCK_MS = 5_000;

/** Resolves when somebody listens at `host:port`. Throws Fault. */
export const knock = async (address: string): Promise<void> => void (await dial(address, false, KNOCK_MS)).destroy();

async function dial(address: string, tls: boolean, timeoutMs: number): Promise<Socket> {
  const at = address.lastIndexOf(":");
  const to = { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
  const socket = tls ? connectTls({ ...to, servername: to.host }) : connectPlain({ ...to, noDelay: true });
  const opened = Promise.withResolvers<void>();
  const timer = setTimeout(() => opened.reject(new Fault("timeout", `no connection to ${address} within ${timeoutMs} ms`)), timeoutMs);
  socket.once(tls ? "secureConnect" : "connect", () => opened.resolve());
  socket.once("error", (error) => opened.reject(error));
  socket.once("close", () => opened.reject(new Fault("unreachable", `${address} closed the connection`)));
  try {
    await opened.promise;
    return socket;
  } catch (error) {
    socket.destroy();
    throw faultOf(error);
  } finally {
    clearTimeout(timer);
  }
}

/** HMAC-SHA1 over the values of all fields in the order of their names, then the body; source: AclClientRPCHook of RocketMQ 5.3. */
export function signed(fields: Readonly<Record<string, string>>, body: Uint8Array, { accessKey, accessSecret }: Login): Readonly<Record<string, string>> {
  if (accessKey === "") return fields;
  const all: Record<string, string> = { ...fields, AccessKey: accessKey };
  const names = Object.keys(all).toSorted((a, b) => (a < b ? -1 : 1));
  const signature = createHmac("sha1", accessSecret).update(names.map((name) => all[name]).join(""), "utf8").update(body);
  return { ...all, Signature: signature.digest("base64") };
}
