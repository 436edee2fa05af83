import { jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { connect as dial, credsAuthenticator, errors, type NatsConnection, type NodeConnectionOptions } from "@nats-io/transport-node";
import type { z } from "zod";
import type { nats } from "#core/brokers/nats.ts";
import { Fault } from "#core/fault.ts";
import { before } from "#core/brokers/deadline.ts";
import { apiFault, faultOf } from "./faults.ts";

type Access = {
  readonly name: string;
  readonly settings: z.infer<typeof nats.settings>;
  readonly secrets: z.infer<typeof nats.secrets>;
};

type Denied = (denied: InstanceType<typeof errors.PermissionViolationError>, fault: Fault) => void;

/** One connection, which is never made again by itself. */
export type Connection = {
  readonly nc: NatsConnection;
  readonly jsm: JetStreamManager;
  /** The JetStream domain, or "" for the server's own. */
  readonly domain: string;
  /** Rejects with why the connection ended; never resolves. */
  readonly lost: Promise<never>;
  /** Why it ended, or null while it lasts. */
  fault(): Fault | null;
  /** Hears of what the login may not do, until the answer is called. */
  onDenied(listener: Denied): () => void;
  /**
   * Asks the JetStream API and gives its answer as bytes of JSON text, not parsed: sequences may pass 2^53. `subject`
   * is without its prefix. Throws Fault, also when the answer is an error.
   */
  ask(subject: string, body: string, domain?: string): Promise<Uint8Array>;
  /** Resolves when the server has worked off all that was sent before, and what it said to that was heard. Throws Fault. */
  flush(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
};

/** A silent connection is noticed when two pings in a row have no answer: within three intervals. */
const PING_MS = 2_500;
const PINGS_OUT = 2;
const DIAL_MS = 10_000;
/** For an answer of the JetStream API. */
const API_MS = 5_000;

/** Logs in. Throws Fault. */
export async function connect({ name, settings, secrets }: Access, signal: AbortSignal): Promise<Connection> {
  const opening = dial(optionsOf({ name, settings, secrets }));
  let nc: NatsConnection;
  try {
    nc = await before(opening, signal, "the server did not answer in time");
  } catch (error) {
    opening.then((late) => late.close()).catch(() => {});
    throw faultOf(error);
  }
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: API_MS, ...(settings.domain === "" ? {} : { domain: settings.domain }) });
  const watch = watchEnd(nc);
  return {
    nc,
    jsm,
    domain: settings.domain,
    lost: watch.lost,
    fault: watch.fault,
    onDenied: watch.onDenied,
    ask: async (subject, body, domain = settings.domain) => {
      const prefix = domain === "" ? "$JS.API" : `$JS.${domain}.API`;
      const answer = await nc.request(`${prefix}.${subject}`, body, { timeout: API_MS }).catch((error: unknown) => {
        throw watch.fault() ?? faultOf(error);
      });
      refuseErrors(answer.data);
      return answer.data;
    },
    flush: async (signal) => {
      // the client leaves a ping unanswered that its connection took along
      await before(Promise.race([nc.flush(), watch.lost]), signal, "the server did not answer in time").catch((error: unknown) => {
        throw watch.fault() ?? faultOf(error);
      });
      // what came in the packet of the answer is told in a turn of its own
      await new Promise((resolve) => setImmediate(resolve));
    },
    close: async () => {
      watch.forgive();
      await nc.close().catch(() => {});
    },
  };
}

function optionsOf({ name, settings, secrets }: Access): NodeConnectionOptions {
  const servers = settings.servers.split(",").map((server) => server.trim()).filter((server) => server !== "");
  return {
    name,
    servers,
    timeout: DIAL_MS,
    // whoever holds the session opens it anew: after a loss nothing may be sent again by itself
    reconnect: false,
    ignoreClusterUpdates: true,
    pingInterval: PING_MS,
    maxPingOut: PINGS_OUT,
    noAsyncTraces: true,
    ...(settings.tls ? { tls: {} } : {}),
    ...loginOf(settings.username, secrets),
  };
}

function loginOf(username: string, { password, token, credentials }: Access["secrets"]): NodeConnectionOptions {
  if (credentials !== "") return { authenticator: credsAuthenticator(new TextEncoder().encode(credentials)) };
  if (token !== "") return { token };
  return username === "" ? {} : { user: username, pass: password };
}

/** An answer of the API begins with its type; an error is a small object among its first members. */
function refuseErrors(answer: Uint8Array): void {
  const HEAD = 4_096;
  const head = Buffer.from(answer.buffer, answer.byteOffset, Math.min(answer.byteLength, HEAD)).toString("utf8");
  if (answer.byteLength > HEAD || !head.includes('"error"')) return;
  const { error } = JSON.parse(head) as { error?: { code?: number; err_code?: number; description?: string } };
  if (error !== undefined) throw apiFault({ code: error.code ?? 500, err_code: error.err_code, description: error.description ?? "JetStream refused" });
}

/** Tells why a connection ended, and what was denied meanwhile: the client says so in its status. */
function watchEnd(nc: NatsConnection): Pick<Connection, "lost" | "fault" | "onDenied"> & { forgive(): void } {
  const listeners = new Set<Denied>();
  const lost = Promise.withResolvers<never>();
  let fault: Fault | null = null;
  let said: Fault | null = null;
  let forgiven = false;
  lost.promise.catch(() => {});
  void (async () => {
    for await (const status of nc.status()) {
      if (status.type === "staleConnection") said = new Fault("timeout", `the server was silent for ${(PING_MS * (PINGS_OUT + 1)) / 1000} s`);
      if (status.type !== "error") continue;
      if (status.error instanceof errors.PermissionViolationError) for (const listener of listeners) listener(status.error, faultOf(status.error));
      else said = faultOf(status.error);
    }
  })().catch(() => {});
  void nc.closed().then((error) => {
    fault = said ?? faultOf(error ?? undefined);
    if (!forgiven) lost.reject(fault);
  });
  return {
    lost: lost.promise,
    onDenied: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    fault: () => fault ?? (nc.isClosed() ? (said ?? new Fault("unreachable", "the connection was lost")) : null),
    forgive: () => {
      forgiven = true;
    },
  };
}
