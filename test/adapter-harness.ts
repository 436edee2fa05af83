import type { z } from "zod";
import type { Adapter, DeadLetterSign, Depth } from "#core/brokers/adapter.ts";
import type { Manifest } from "#core/brokers/manifest.ts";
import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import { startFaultProxy, type FaultProxy } from "./fault-proxy.ts";

/** Everything the contract asks of an adapter. */
export const CONTRACT_CASES = [
  "nasty messages come out as they went in",
  "two identical messages are two deaths",
  "a released batch comes back",
  "killed between read and accept, nothing is lost",
  "stop ends capture within a second and loses nothing",
  "capture of a missing source is not_found",
  "accepted deaths are not delivered again",
  "publish to nowhere is refused",
  "a bulk publish has one outcome per message, in order",
  "a connection cut before the confirm leaves the outcome unknown",
  "a half-open connection is noticed",
  "a wrong password is unauthorised",
  "a broker that is not there is unreachable",
  "capture goes on after the broker restarts",
  "depth counts what waits",
  "the depth of a missing queue is unknown",
  "discover lists a dead-letter queue with its sign",
] as const;
export type ContractCase = (typeof CONTRACT_CASES)[number];

/** A message to put into a source by the broker's own means, not through the adapter. */
export type Planted = { readonly label: string; readonly body: Uint8Array; readonly headers: readonly Header[] };

/** A fresh, empty queue: what is published to `target` can be captured from `source`. */
export type Place<M extends Manifest> = {
  readonly source: z.infer<M["source"]>;
  readonly target: z.infer<M["target"]>;
  /** Puts messages in, durably, in order. Resolves when the broker has them. */
  put(messages: readonly Planted[]): Promise<void>;
  /** What waits there, body and headers, without the adapter; takes it away. */
  drain(): Promise<{ readonly body: Uint8Array; readonly headers: readonly Header[] }[]>;
  /** Makes what was published to `target` capturable, where a message has to fail first. */
  fail?(): Promise<void>;
};

/** How to reach a broker and log in. */
export type Access<M extends Manifest> = {
  readonly settings: z.infer<M["settings"]>;
  readonly secrets: z.infer<M["secrets"]>;
};

type Address = { readonly host: string; readonly port: number };

/** A proxy in front of the run's broker, and how to reach the broker through it and only through it. */
export type Proxied<M extends Manifest> = AsyncDisposable & { readonly proxy: FaultProxy; readonly access: Access<M> };

/** `proxied` of a broker that has one address and never tells a client another. */
export const proxiedAt = <M extends Manifest>(address: Address, accessAt: (address: Address) => Access<M>) => async (): Promise<Proxied<M>> => {
  const proxy = await startFaultProxy(address);
  return { proxy, access: accessAt(proxy), [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose]() };
};

/** A broker of one's own, which may be stopped and started; disposed after the case. */
export type PrivateBroker<M extends Manifest> = AsyncDisposable & {
  readonly access: Access<M>;
  place(): Promise<Place<M>>;
  /** Resolves when it answers again. What was put durably must have survived. */
  restart(): Promise<void>;
};

/** What one adapter supplies; nothing of the suite itself knows a broker. */
export type AdapterHarness<M extends Manifest> = {
  readonly adapter: Adapter<M>;
  /** The same adapter for a child process: an import specifier (`#workers/...`) and the name it exports. */
  readonly entry: { readonly module: string; readonly exportName: string };
  readonly access: Access<M>;
  proxied(): Promise<Proxied<M>>;
  /** The same settings with nothing listening at the address. */
  nobodyThere(port: number): Access<M>;
  /** A login that must fail with `unauthorised`. */
  readonly wrongAccess: Access<M>;
  /** Makes settings notice a silent connection fast, and the longest it may take, in ms. */
  readonly halfOpen: { readonly settings: Partial<z.infer<M["settings"]>>; readonly withinMs: number };
  /** A new place every time. */
  place(): Promise<Place<M>>;
  /** The nastiest messages this broker can carry, see nasty-messages.ts. */
  readonly nasty: readonly Planted[];
  /** Names of headers the broker itself adds to every delivery. */
  readonly addedHeaders?: readonly string[];
  /** Native facts for a message that `put` never saw, so that one can be published from scratch. */
  readonly plainNative: Native;
  /** What of `native` must survive a resend, in any comparable form. */
  essence(native: Native): unknown;
  readonly nowhere: z.infer<M["target"]>;
  readonly missingSource: z.infer<M["source"]>;
  /** The kind of depth this broker gives; all but `exact` may lag. */
  readonly depthKind: Exclude<Depth["kind"], "unknown">;
  /** A dead-letter queue the broker itself knows as one, the sign discover must give, and how to log in to ask, if not as ever. */
  deadLetterPlace(): Promise<{
    readonly source: z.infer<M["source"]>;
    readonly sign: DeadLetterSign;
    readonly access?: Access<M>;
  }>;
  startPrivateBroker(): Promise<PrivateBroker<M>>;
};

/** Cases that can not apply to a broker, each with its reason; printed and counted. */
export type NotApplicable = Readonly<Partial<Record<ContractCase, string>>>;
