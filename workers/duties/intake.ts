import type { RawDeath } from "#core/message/raw.ts";
import type { BatchFrame } from "#db/queries/capture.ts";
import { storeBatch, type NewDeath } from "#db/queries/capture.ts";
import { storeDeliveries, type NewDelivery } from "#db/queries/deliveries-store.ts";
import type { Lease } from "#db/queries/leases.ts";
import type { CapturedSource } from "#db/queries/sources.ts";
import { toNewDeath } from "./new-death.ts";
import { bareDelivery, newDeliveryReader } from "./new-delivery.ts";
import type { Parts } from "./parts.ts";

/** What was read together, in the form in which it is stored. */
export type ReadBatch<T> = Pick<BatchFrame, "notices" | "cursor" | "inHand"> & { readonly items: readonly T[] };

/** What becomes of a source's messages: dead letters, or deliveries of a route. */
export type Intake<T> = {
  read(raw: readonly RawDeath[]): readonly T[];
  /** Stores a batch in one transaction and answers its id. Throws when nothing was stored. */
  store(batch: ReadBatch<T>): Promise<number>;
};

type Write<T> = (batch: ReadBatch<T>) => Promise<{ readonly batchId: number }>;

/** The intake of a source. */
export function intakeOf(parts: Parts, source: CapturedSource, lease: Lease): Intake<unknown> {
  const frame = { sourceId: source.id, worker: parts.workerId, lease };
  const warn = (batch: ReadBatch<unknown>): void => {
    for (const notice of batch.notices) parts.log.warn({ source: source.name, notice }, "capture met something to know of");
  };
  const refused = (error: unknown): void => parts.log.warn({ source: source.name, err: error }, "a message can not be stored as decoded, storing it bare");
  if (source.route === null) {
    const write: Write<NewDeath> = ({ items, ...read }) => storeBatch(parts.sql, { ...frame, ...read, connectionId: source.connectionId, deaths: items });
    return made({ read: (raw) => raw.map((each) => toNewDeath(each, source.name)), store: storing(write, bareDeath, { warn, refused }) });
  }
  const { route } = source;
  const write: Write<NewDelivery> = (read) => storeDeliveries(parts.sql, { ...frame, ...read, routeId: route.id, overflowAt: route.overflowAt, ordered: route.ordered });
  return made({ read: newDeliveryReader(route.definition), store: storing(write, bareDelivery, { warn, refused }) });
}

/** Who walks a source hands back what `read` gave, and nothing else. */
const made = <T>(intake: Intake<T>): Intake<unknown> => intake as Intake<unknown>;

type Said = { warn(batch: ReadBatch<unknown>): void; refused(error: unknown): void };

function storing<T>(write: Write<T>, bare: (item: T) => T, { warn, refused }: Said): Intake<T>["store"] {
  return async (batch) => {
    warn(batch);
    try {
      return (await write(batch)).batchId;
    } catch (error) {
      if (!isDataError(error)) throw error;
      refused(error);
      return storeBare(batch, write, bare);
    }
  };
}

/** One by one, and the one that Postgres refuses without what was decoded from it: its neighbours are not held up. */
async function storeBare<T>({ items, notices, cursor, inHand }: ReadBatch<T>, write: Write<T>, bare: (item: T) => T): Promise<number> {
  const parts = [...inHand];
  const alone = (item: T): ReadBatch<T> => ({ items: [item], notices: [], cursor: null, inHand: parts });
  for (const item of items) {
    try {
      parts.push((await write(alone(item))).batchId);
    } catch (error) {
      if (!isDataError(error)) throw error;
      parts.push((await write(alone(bare(item)))).batchId);
    }
  }
  // the batch that is marked accepted; what the parts stored is found by identity
  return (await write({ items: [], notices, cursor, inHand: parts })).batchId;
}

const bareDeath = (death: NewDeath): NewDeath => ({
  ...death,
  normal: JSON.stringify({ rule: "unknown", reason: "unknown" }),
  rule: "unknown",
  reason: "unknown",
  title: "a message that can not be decoded",
  errorType: null,
  errorMessage: null,
  origin: null,
  key: null,
  attempts: null,
  contentType: null,
  search: "",
  firstFailedAt: null,
  lastFailedAt: null,
});

/** Class 22: the data was refused, not the connection. */
const isDataError = (error: unknown): boolean =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("22");
