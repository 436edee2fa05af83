import { hash } from "node:crypto";
import { AckPolicy, DeliverPolicy, type ConsumerInfo, type StreamInfo } from "@nats-io/jetstream";
import type { z } from "zod";
import type { Cursor } from "#core/brokers/adapter.ts";
import type { nats } from "#core/brokers/nats.ts";
import { Fault } from "#core/fault.ts";
import { messageAt } from "./advisory.ts";
import type { Connection } from "./connection.ts";
import { faultOf, isMissing } from "./faults.ts";

export type Source = z.infer<typeof nats.source>;

/** A consumer to pull from. */
export type Reader = {
  readonly stream: string;
  /** When the stream was made. */
  readonly created: string;
  readonly consumer: string;
  /** Whether deliveries wait for an acknowledgement, within `ACK_WAIT_MS`; else the cursor says how far reading came. */
  readonly acknowledges: boolean;
  close(): Promise<void>;
};

/** A delivery of a worker that died comes again after this time; a living one asks for more time before. */
export const ACK_WAIT_MS = 9_000;
/** A reader without acknowledgements goes away by itself when nobody pulls from it for this long. */
const FORGET_MS = 30_000;
/** Deliveries that may wait for an acknowledgement, over all workers: those of some that died must not hold the others up. */
const MAX_ACK_PENDING = 20_000;

const MS_NS = 1_000_000;

/**
 * Opens the consumer of a source. A work queue's or interest stream's is durable, the same for all workers, and is left
 * when capture ends: without it an interest stream keeps nothing. A limits stream's is made for this reading only, begins at
 * the cursor and acknowledges nothing: it changes nothing in the stream. Throws Fault.
 */
export async function openReader(connection: Connection, source: Source, from: Cursor): Promise<Reader> {
  try {
    const info = await connection.jsm.streams.info(source.queue);
    checkRetention(source, info);
    const { name, close } = source.retention === "limits" ? await temporary(connection, source, await startOf(connection, from, info)) : await durable(connection, source);
    return { stream: source.queue, created: info.created, consumer: name, acknowledges: source.retention !== "limits", close };
  } catch (error) {
    throw faultOf(error);
  }
}

/** What was consented to depends on it: a stream that is a work queue by now would be emptied, or the other way round. */
function checkRetention({ queue, mode, retention }: Source, { config }: StreamInfo): void {
  if (mode === "advisories" && retention !== "limits") throw new Fault("invalid", "advisories are read from a stream of retention limits");
  if (config.retention === retention) return;
  throw new Fault("invalid", `the retention of the stream ${queue} is ${config.retention}, not ${retention}: set the source up anew`);
}

async function temporary({ jsm }: Connection, { queue, subject }: Source, start: bigint): Promise<{ name: string; close(): Promise<void> }> {
  if (start > BigInt(Number.MAX_SAFE_INTEGER)) throw new Fault("unsupported", "the stream's sequences are beyond 2^53");
  const name = `redrive-${crypto.randomUUID()}`;
  await jsm.consumers.add(queue, {
    name,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Number(start),
    inactive_threshold: FORGET_MS * MS_NS,
    max_deliver: -1,
    mem_storage: true,
    num_replicas: 1,
    ...(subject === undefined ? {} : { filter_subject: subject }),
  });
  return { name, close: async () => void (await jsm.consumers.delete(queue, name).catch(() => false)) };
}

/** The name of the consumer by which Redrive takes from a work queue or interest stream. */
export const durableName = ({ subject }: Source): string => (subject === undefined ? "redrive" : `redrive-${hash("sha256", subject, "hex").slice(0, 12)}`);

async function durable({ jsm }: Connection, source: Source): Promise<{ name: string; close(): Promise<void> }> {
  const name = durableName(source);
  const { queue, subject } = source;
  const existing = await jsm.consumers.info(queue, name).catch((error: unknown) => (isMissing(error) ? null : Promise.reject(error)));
  if (existing === null) {
    await jsm.consumers.add(queue, {
      durable_name: name,
      description: "Redrive takes dead letters by it",
      ack_policy: AckPolicy.Explicit,
      ack_wait: ACK_WAIT_MS * MS_NS,
      deliver_policy: DeliverPolicy.All,
      // never to be given up: there is no dead-letter stream behind this one
      max_deliver: -1,
      max_ack_pending: MAX_ACK_PENDING,
      ...(subject === undefined ? {} : { filter_subject: subject }),
    });
  } else checkDurable(existing, source);
  return { name, close: async () => {} };
}

function checkDurable({ name, config }: ConsumerInfo, { queue, subject }: Source): void {
  const ours =
    config.ack_policy === AckPolicy.Explicit &&
    config.deliver_policy === DeliverPolicy.All &&
    (config.max_deliver ?? -1) <= 0 &&
    config.deliver_subject === undefined &&
    (config.filter_subject ?? "") === (subject ?? "");
  if (!ours) throw new Fault("invalid", `the stream ${queue} has a consumer ${name} that is not as Redrive makes it: rename or remove it`);
}

/** How far reading has come: the next sequence, when the stream was made, and when it stored the message before. */
type Position = { readonly next: string; readonly created: string; readonly time: string };

export const cursorAt = ({ created }: Reader, { sequence, time }: { sequence: bigint; time: string }): Cursor =>
  JSON.stringify({ next: String(sequence + 1n), created, time } satisfies Position);

/**
 * Where to go on. From the beginning, when the sequences behind the cursor are not those of this stream any more: it was
 * made anew, or lost its end with the power. What was captured before is then recognised by its identity.
 */
async function startOf(connection: Connection, from: Cursor, { config, created, state }: StreamInfo): Promise<bigint> {
  if (from === null) return 1n;
  const position = positionOf(from);
  const last = BigInt(position.next) - 1n;
  if (position.created !== created || last > BigInt(state.last_seq)) return 1n;
  const before = await messageAt(connection, config.name, String(last));
  return before === null || before.time === position.time ? last + 1n : 1n;
}

function positionOf(cursor: string): Position {
  try {
    const { next, created, time } = JSON.parse(cursor) as Partial<Position>;
    if (typeof next === "string" && /^[1-9]\d{0,19}$/.test(next) && typeof created === "string" && typeof time === "string") return { next, created, time };
  } catch {
    // said below
  }
  throw new Fault("invalid", "the cursor is no position in a stream");
}
