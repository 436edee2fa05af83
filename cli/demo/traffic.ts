import { connect } from "node:net";
import { env } from "./env.ts";
import { pause, stoppable } from "./pace.ts";
import { start as startPgBoss } from "./pgboss-traffic.ts";
import { start as startRabbitMq } from "./rabbitmq-traffic.ts";

export type SampleTraffic = {
  /** `postgres://` address of the database that gets the schema `demo_pgboss`. */
  readonly postgresUrl: string;
  /** `amqp://` address; traffic begins there when something answers. */
  readonly rabbitmqUrl: string;
  /** Messages a second on each broker. */
  readonly rate: number;
  readonly signal: AbortSignal;
  readonly log: (line: string) => void;
};

const ASK_AGAIN_MS = 10_000;

/** Starts the sample traffic on pg-boss, and on RabbitMQ from when it answers. Resolves to what stops both. */
export async function start({ postgresUrl, rabbitmqUrl, ...given }: SampleTraffic): Promise<() => Promise<void>> {
  const { options, stop } = stoppable({ ...given, url: postgresUrl });
  const pgBoss = await startPgBoss(options);
  const rabbitMq = whenItAnswers(rabbitmqUrl, options.signal).then((there) =>
    there ? startRabbitMq({ ...options, url: rabbitmqUrl }) : null,
  );
  return async () => {
    stop();
    await Promise.all([pgBoss(), rabbitMq.then((running) => running?.())]);
  };
}

/** Resolves to true when the port answers, to false when the signal aborts first. */
async function whenItAnswers(url: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await answers(url)) return true;
    await pause(ASK_AGAIN_MS, signal);
  }
  return false;
}

/** Whether a port accepts connections within a second. */
export function answers(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || (protocol === "amqps:" ? 5671 : 5672)), timeout: 1_000 });
    const end = (yes: boolean) => (): void => {
      socket.destroy();
      resolve(yes);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

if (import.meta.main) {
  const ended = new AbortController();
  const stop = await start({ ...env, signal: ended.signal, log: (line) => process.stdout.write(`${line}\n`) });
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => void stop().then(() => process.exit(0)));
}
