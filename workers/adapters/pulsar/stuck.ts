import type { Connection } from "./connection.ts";
import type { Intake } from "./intake.ts";
import { statsOf } from "./topic.ts";

const CHECK_MS = 500;
/** How long nothing may come before the statistics are asked; doubled each time, up to the second one. */
const FIRST_MS = 2_000;
const LAST_MS = 30_000;

/**
 * The WebSocket service (4.0) fails over a message whose value is null, and says nothing and reads nothing more. When the
 * broker has handed our consumer more than came here, the service is made to go on with the next message. `tell` gets a
 * sentence for the operator. Ends with `clearInterval`.
 */
export function watchForStuck({ rest, subscription }: Connection, topic: string, consumerName: string, intake: Intake, tell: (notice: string) => void): NodeJS.Timeout {
  let patience = FIRST_MS;
  let silent = 0;
  /** How many of the messages that never came are known. */
  let known = 0;
  let looking = false;
  const look = async (since: number): Promise<void> => {
    const { subscriptions } = await statsOf(rest, topic);
    const ours = subscriptions.get(subscription)?.consumers.filter((consumer) => consumer.consumerName === consumerName) ?? [];
    const given = ours.reduce((sum, { unackedMessages }) => sum + unackedMessages, 0);
    // something came meanwhile
    if (intake.silentSince() !== since) return;
    if (given - intake.held() <= known) return;
    known += 1;
    patience = FIRST_MS;
    tell(`A message of ${topic} was not handed over by the WebSocket service, which fails over messages without a value. It stays in the subscription ${subscription}; the others go on.`);
    intake.unstick();
  };
  return setInterval(() => {
    const since = intake.silentSince();
    if (since === null || looking) return;
    if (since !== silent) {
      silent = since;
      patience = FIRST_MS;
    }
    if (performance.now() - since < patience) return;
    patience = Math.min(LAST_MS, patience * 2);
    looking = true;
    look(since)
      .catch(() => undefined)
      .finally(() => (looking = false));
  }, CHECK_MS).unref();
}
