import { createHash } from "node:crypto";
import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import { stampOf } from "#core/lineage.ts";
import type { Header } from "#core/message/header.ts";
import { contentHeaderOf, publish as send, type ConfirmChannel, type Message, type Verdict } from "./client.ts";
import type { Connection, Tracked } from "./connection.ts";
import { decodeContentHeader } from "./content-header.ts";

export type Target = { readonly exchange: string; readonly routingKey: string };

/** A message ready for the wire. */
export type Letter = {
  readonly index: number;
  readonly contentHeader: Buffer;
  readonly body: Buffer;
  /** Tells it from all others that are open on the channel. */
  readonly key: string;
};

/** One confirm channel in use by one caller, and what is unconfirmed on it. */
export type Flight = {
  /** Resolves to null when the letter may be sent, else to why it must not be. */
  clear(letter: Letter): Promise<Fault | null>;
  send(letter: Letter): void;
  /** Resolves to null when all have a verdict, else to why no more will come. */
  drained(): Promise<Fault | null>;
  /** Ends it: what is open becomes unknown because of `fault`. Returns whether the channel can be used again. */
  land(fault: Fault | null): boolean;
};

/** Unconfirmed messages on a channel, and their bytes. */
const MAX_OPEN = 1_000;
const MAX_OPEN_BYTES = 16 * 1024 * 1024;
/** A body from here on goes alone: a broker that finds it too large closes the channel, and that must hit no other. */
const ALONE_BYTES = 1024 * 1024;
/** How long the broker may take for its next verdict, in ms. */
const VERDICT_MS = 10_000;

type Open = { readonly letter: Letter; readonly bytes: number; returned: Fault | null };

/**
 * Publishes on a channel nobody else uses. `known` are the exchanges published to before: the first letter to a new one
 * goes alone, so that a missing exchange or permission is that letter's own fault and nothing else is in doubt.
 */
export function depart(
  { channel, ended, fault: channelFault }: Tracked<ConfirmChannel>,
  connection: Connection,
  target: Target,
  known: Set<string>,
  signal: AbortSignal,
  report: (index: number, outcome: PublishOutcome) => void,
): Flight {
  const open = new Map<number, Open>();
  const keys = new Map<string, Open>();
  let openBytes = 0;
  let wake = Promise.withResolvers<void>();

  const rouse = (): void => {
    wake.resolve();
    wake = Promise.withResolvers();
  };
  const onReturn = (message: Message): void => {
    const one = keys.get(keyOf(decodeContentHeader(contentHeaderOf(message)).headers, message.content));
    if (one !== undefined) one.returned = new Fault("unroutable", describe(target));
  };
  const settle = (one: Open, verdict: Verdict): void => {
    if (verdict === "closed" || !open.delete(one.letter.index)) return;
    keys.delete(one.letter.key);
    openBytes -= one.bytes;
    known.add(target.exchange);
    report(one.letter.index, outcomeOf(one, verdict, target));
    rouse();
  };
  const hasRoom = ({ key, body }: Letter): boolean => {
    if (open.size === 0) return true;
    const [oldest] = open.values();
    const alone = body.length >= ALONE_BYTES || (oldest?.letter.body.length ?? 0) >= ALONE_BYTES;
    if (alone || keys.has(key) || !known.has(target.exchange)) return false;
    return open.size < MAX_OPEN && openBytes + body.length <= MAX_OPEN_BYTES;
  };
  const silence = (detail: string): Fault => {
    const reason = connection.blocked();
    return reason === null ? new Fault("timeout", detail) : blockedFault(reason);
  };
  const halted = (): Fault | null =>
    channelFault() ?? (signal.aborted ? silence("the publish was called off before a verdict") : null);
  const wait = async (): Promise<Fault | null> => {
    const expired = Promise.withResolvers<Fault>();
    const expire = (): void => expired.resolve(silence(`no verdict of the broker within ${VERDICT_MS / 1000} s`));
    const timer = setTimeout(expire, VERDICT_MS);
    signal.addEventListener("abort", rouse, { once: true });
    const why = await Promise.race([wake.promise, ended, expired.promise]);
    clearTimeout(timer);
    signal.removeEventListener("abort", rouse);
    return why ?? null;
  };

  channel.on("return", onReturn);
  return {
    clear: async (letter) => {
      for (;;) {
        const reason = connection.blocked();
        const fault = halted() ?? (reason === null ? null : blockedFault(reason));
        if (fault !== null || hasRoom(letter)) return fault;
        const why = await wait();
        if (why !== null) return why;
      }
    },
    send: (letter) => {
      const one: Open = { letter, bytes: letter.body.length + letter.contentHeader.length, returned: null };
      open.set(letter.index, one);
      keys.set(letter.key, one);
      openBytes += one.bytes;
      send(channel, target, letter.contentHeader, letter.body, (verdict) => settle(one, verdict));
    },
    drained: async () => {
      while (open.size > 0) {
        const fault = halted() ?? (await wait());
        if (fault !== null) return fault;
      }
      return null;
    },
    land: (fault) => {
      channel.off("return", onReturn);
      if (open.size === 0) return channelFault() === null;
      // The broker works in order and stops at the message it closes the channel over: the last one was not processed.
      const closedByBroker = channelFault() !== null && connection.fault() === null;
      const last = [...open.keys()].at(-1);
      for (const [index, { returned }] of open) {
        const why = fault ?? new Fault("internal", "the flight ended early");
        const refused = returned ?? (closedByBroker && index === last ? why : null);
        report(index, refused === null ? { status: "unknown", fault: why } : { status: "refused", fault: refused });
      }
      return false;
    },
  };
}

/**
 * By Redrive's stamp, else by the body, which a broker returns as it was. Messages of one key go one at a time, since a returned
 * one could be any of them.
 */
export function keyOf(headers: readonly Header[], body: Uint8Array): string {
  const stamp = stampOf(headers);
  return stamp === null ? createHash("sha256").update(body).digest("base64url") : `${stamp.messageId}/${stamp.count}`;
}

function outcomeOf({ returned }: Open, verdict: "ack" | "nack", target: Target): PublishOutcome {
  if (returned !== null) return { status: "refused", fault: returned };
  if (verdict === "ack") return { status: "confirmed", receipt: null };
  // The default exchange has one queue per key. Of several queues one may have refused and the others have it.
  if (target.exchange === "") return { status: "refused", fault: new Fault("nacked", `the queue ${target.routingKey} refused it`) };
  return { status: "unknown", fault: new Fault("nacked", "a queue refused it; other queues of the exchange may have it") };
}

const describe = ({ exchange, routingKey }: Target): string =>
  exchange === ""
    ? `there is no queue ${routingKey}`
    : `no queue is bound to the exchange ${exchange} for the routing key ${routingKey}`;

export const blockedFault = (reason: string): Fault => new Fault("blocked", `the broker takes no messages: ${reason}`);
