import { connect } from "node:net";
import { eventually } from "../eventually.ts";

/** Resolves once a broker answers the AMQP protocol header with connection.start: an open port alone proves nothing. */
export const rabbitAnswers = (port: number, managementUrl: string, alive: () => void): Promise<void> =>
  eventually(
    async () => {
      alive();
      await handshake(port);
      if (managementUrl === "") return;
      const login = `Basic ${Buffer.from("guest:guest").toString("base64")}`;
      const answer = await fetch(`${managementUrl}/api/overview`, { headers: { authorization: login } });
      if (!answer.ok) throw new Error(`the management API answers ${answer.status}`);
    },
    { timeoutMs: 90_000, intervalMs: 200 },
  );

const METHOD_FRAME = 1;

function handshake(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write("AMQP\u0000\u0000\u0009\u0001"));
    socket.setTimeout(5_000, () => socket.destroy(new Error("no answer to the AMQP header")));
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("closed before connection.start")));
    socket.once("data", (bytes) => {
      if (bytes[0] === METHOD_FRAME) resolve();
      socket.destroy();
    });
  });
}
