import type { PublishOutcome } from "#core/brokers/adapter.ts";
import { Fault } from "#core/fault.ts";
import type { Outgoing } from "#core/message/raw.ts";
import { invalid } from "./bytes.ts";
import type { Connection } from "./connection.ts";
import { before } from "#core/brokers/deadline.ts";
import { faultOf } from "./faults.ts";
import { blockedFault, depart, keyOf, type Flight, type Letter, type Target } from "./flight.ts";
import { contentHeaderFor } from "./message.ts";
import type { Publisher } from "./publisher.ts";

/** Channels that may end without taking a message. */
const MAX_STALLS = 3;

const CHANNEL_MS = 10_000;

/** Of these the next message would die as well. */
const ENDS_ALL: ReadonlySet<string> = new Set(["not_found", "unauthorised", "blocked", "timeout"]);

/**
 * Publishes with confirms and `mandatory`; one outcome per message, in order; never throws.
 * `refused` is only what certainly lies in no queue: returned as unroutable, nacked by the one queue of the default
 * exchange, never sent, or the cause of the channel's end. What was sent and has no verdict is `unknown`.
 */
export async function publish(
  opening: Promise<Publisher>,
  messages: readonly Outgoing[],
  target: Target,
  signal: AbortSignal,
): Promise<PublishOutcome[]> {
  const outcomes: (PublishOutcome | undefined)[] = messages.map(() => undefined);
  const report = (index: number, outcome: PublishOutcome): void => {
    outcomes[index] = outcome;
  };
  const fault = await before(opening, signal, "the broker did not answer in time")
    .then((publisher) => publishAll(publisher, messages, target, signal, report))
    .catch(faultOf);
  const unsent = fault ?? new Fault("internal", "it was not sent");
  return outcomes.map((outcome) => outcome ?? { status: "refused", fault: unsent });
}

/** Reports an outcome for every message sent. Returns why the others were not, or throws it. */
async function publishAll(
  { connection, channels, known }: Publisher,
  messages: readonly Outgoing[],
  target: Target,
  signal: AbortSignal,
  report: (index: number, outcome: PublishOutcome) => void,
): Promise<Fault | null> {
  checkTarget(target);
  let next = 0;
  let stalls = 0;
  // More than one channel only where a single message made the broker close the one before.
  while (next < messages.length) {
    const reason = connection.blocked();
    if (reason !== null) return blockedFault(reason);
    const tracked = await takeChannel(channels, signal);
    const flight = depart(tracked, connection, target, known, signal, report);
    const first = next;
    let fault: Fault | null = null;
    try {
      const sent = await sendFrom(flight, connection, messages, next, report);
      next = sent.next;
      fault = (await flight.drained()) ?? sent.fault;
    } catch (error) {
      fault = faultOf(error);
    } finally {
      if (flight.land(fault)) channels.giveBack(tracked);
      else channels.discard(tracked);
    }
    stalls = next === first ? stalls + 1 : 0;
    if (fault !== null && (ENDS_ALL.has(fault.code) || connection.fault() !== null || stalls === MAX_STALLS)) {
      known.delete(target.exchange);
      return fault;
    }
  }
  return null;
}

/** A broker that blocks us does not answer to channel.open either. Throws Fault. */
async function takeChannel({ take, giveBack }: Publisher["channels"], signal: AbortSignal): ReturnType<typeof take> {
  const taking = take();
  try {
    return await before(taking, AbortSignal.any([signal, AbortSignal.timeout(CHANNEL_MS)]), "no channel could be opened in time");
  } catch (error) {
    taking.then(giveBack, () => {});
    throw error;
  }
}

/** Sends until the end, or until one must not be sent: that one is `next`. */
async function sendFrom(
  flight: Flight,
  connection: Connection,
  messages: readonly Outgoing[],
  from: number,
  report: (index: number, outcome: PublishOutcome) => void,
): Promise<{ next: number; fault: Fault | null }> {
  for (let index = from; index < messages.length; index++) {
    const letter = letterOf(messages[index] as Outgoing, index, connection);
    if (letter instanceof Fault) {
      report(index, { status: "refused", fault: letter });
      continue;
    }
    const fault = await flight.clear(letter);
    if (fault !== null) return { next: index, fault };
    flight.send(letter);
  }
  return { next: messages.length, fault: null };
}

function letterOf(message: Outgoing, index: number, connection: Connection): Letter | Fault {
  try {
    const contentHeader = contentHeaderFor(message, connection.username);
    if (contentHeader.length > connection.maxHeader) {
      return new Fault("too_large", `headers of ${contentHeader.length} bytes, the broker takes ${connection.maxHeader}`);
    }
    const { buffer, byteOffset, byteLength } = message.body;
    const body = Buffer.from(buffer, byteOffset, byteLength);
    return { index, contentHeader, body, key: keyOf(message.headers, body) };
  } catch (error) {
    return faultOf(error);
  }
}

function checkTarget({ exchange, routingKey }: Target): void {
  for (const name of [exchange, routingKey]) {
    if (Buffer.byteLength(name) > 255) throw invalid("exchange and routing key take 255 bytes each");
  }
}
