import { Fault } from "#core/fault.ts";
import {
  maxContentHeader,
  open,
  plainLogin,
  socketOf,
  type Channel,
  type ChannelModel,
  type ConfirmChannel,
} from "./client.ts";
import { faultOf } from "./faults.ts";
import { before } from "#core/brokers/deadline.ts";

export type Login = {
  readonly host: string;
  readonly port: number;
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
  readonly tls: boolean;
  readonly heartbeatSeconds: number;
  /** Shown in the broker's list of connections. */
  readonly name: string;
};

/** A channel and why it ended. */
export type Tracked<C extends Channel = Channel> = {
  readonly channel: C;
  /** Resolves when the channel is gone, whoever closed it; never rejects. */
  readonly ended: Promise<Fault>;
  fault(): Fault | null;
};

export type Connection = {
  /** The login's name: RabbitMQ refuses messages with another user id. */
  readonly username: string;
  /** The largest content header it takes, in bytes. */
  readonly maxHeader: number;
  /** Rejects with what ended the connection; never resolves. */
  readonly lost: Promise<never>;
  fault(): Fault | null;
  /** Why the broker takes no messages on this connection now (an alarm), or null. */
  blocked(): string | null;
  openChannel(): Promise<Tracked>;
  openConfirmChannel(): Promise<Tracked<ConfirmChannel>>;
  /** Closes in order, at the latest after two seconds. Never throws. */
  close(): Promise<void>;
};

const CONNECT_MS = 10_000;
const CLOSE_MS = 2_000;

/** Logs in. Throws Fault: `unauthorised` for a wrong login or vhost, `unreachable` or `timeout` where nobody answers. */
export async function connect(login: Login, signal: AbortSignal): Promise<Connection> {
  const opening = open(
    {
      protocol: login.tls ? "amqps" : "amqp",
      hostname: login.host,
      port: login.port,
      vhost: encodeURIComponent(login.vhost),
      heartbeat: login.heartbeatSeconds,
    },
    {
      noDelay: true,
      timeout: CONNECT_MS,
      credentials: plainLogin(login.username, login.password),
      clientProperties: { connection_name: login.name, product: "Redrive" },
    },
  );
  try {
    const model = await before(opening, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]), "the broker did not answer");
    return watch(model, login);
  } catch (error) {
    // It may still come up after we gave it up.
    opening.then((model) => socketOf(model).destroy(), () => {});
    throw faultOf(error);
  }
}

function watch(model: ChannelModel, login: Login): Connection {
  const socket = socketOf(model);
  const lost = Promise.withResolvers<never>();
  // Nobody may be listening yet when it is lost.
  lost.promise.catch(() => {});
  let fault: Fault | null = null;
  let blocked: string | null = null;
  let closing = false;
  const end = (error: unknown): void => {
    if (fault !== null) return;
    fault = closing ? new Fault("unreachable", "the connection was closed by Redrive") : faultOf(error);
    clearInterval(pulse);
    socket.destroy();
    lost.reject(fault);
  };
  const pulse = watchPulse(socket, login.heartbeatSeconds);
  model.on("error", end);
  model.on("close", (error) => end(error ?? new Error("Unexpected close")));
  model.on("blocked", (reason) => {
    blocked = reason;
  });
  model.on("unblocked", () => {
    blocked = null;
  });
  const tracked = async <C extends Channel>(opening: () => Promise<C>): Promise<Tracked<C>> => {
    if (fault !== null) throw fault;
    // amqplib never answers a channel.open that the connection's end has swallowed.
    const channel = await Promise.race([opening(), lost.promise]).catch((error: unknown) => {
      throw fault ?? faultOf(error);
    });
    return track(channel, () => fault);
  };
  return {
    username: login.username,
    maxHeader: maxContentHeader(model),
    lost: lost.promise,
    fault: () => fault,
    blocked: () => blocked,
    openChannel: () => tracked(() => model.createChannel()),
    openConfirmChannel: () => tracked(() => model.createConfirmChannel()),
    close: async () => {
      if (fault !== null) return;
      closing = true;
      await before(model.close(), AbortSignal.timeout(CLOSE_MS), "close").catch(() => {});
      end(null);
    },
  };
}

/**
 * Destroys the socket when nothing was read for two heartbeats: amqplib's own watch takes up to three. It counts ticks,
 * not time, so that a busy event loop, which reads nothing either, is not taken for a silent broker.
 */
function watchPulse(socket: ReturnType<typeof socketOf>, heartbeatSeconds: number): NodeJS.Timeout {
  const TICKS = 4;
  let read = socket.bytesRead;
  let silent = 0;
  const timer = setInterval(
    () => {
      silent = socket.bytesRead === read ? silent + 1 : 0;
      read = socket.bytesRead;
      if (silent < 2 * TICKS) return;
      socket.destroy(new Fault("timeout", `the broker was silent for ${2 * heartbeatSeconds} s`));
    },
    (heartbeatSeconds * 1000) / TICKS,
  );
  timer.unref();
  return timer;
}

function track<C extends Channel>(channel: C, connectionFault: () => Fault | null): Tracked<C> {
  const ended = Promise.withResolvers<Fault>();
  let own: Fault | null = null;
  let closed = false;
  const fault = (): Fault | null =>
    connectionFault() ?? own ?? (closed ? new Fault("unreachable", "the channel was closed") : null);
  channel.on("error", (error: Error) => {
    own ??= faultOf(error);
  });
  channel.on("close", () => {
    closed = true;
    // amqplib closes the channels first and only then says what happened to the connection.
    setImmediate(() => ended.resolve(fault() as Fault));
  });
  return { channel, ended: ended.promise, fault };
}
