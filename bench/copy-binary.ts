import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import type { AnySql } from "#db/client.ts";
import type { NewDeath } from "#db/queries/capture.ts";

/** A decoded death with what the tables ask for besides. */
export type Copied = {
  readonly death: NewDeath;
  readonly sourceId: string;
  readonly connectionId: string;
  readonly groupId: string;
  readonly position: number;
};

type Cell = Buffer | null;

const text = (value: string | null): Cell => (value === null ? null : Buffer.from(value));
const uuid = (value: string): Cell => Buffer.from(value.replaceAll("-", ""), "hex");
const int4 = (value: number | null): Cell => {
  if (value === null) return null;
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int8 = (value: number): Cell => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};
const EPOCH_2000 = Date.UTC(2000);
const moment = (value: Date | null): Cell => (value === null ? null : int8((value.getTime() - EPOCH_2000) * 1000));

type Table = {
  readonly name: string;
  readonly columns: Readonly<Record<string, (row: Copied, now: Date) => Cell>>;
};

const TABLES: readonly Table[] = [
  { name: "bodies", columns: { id: ({ death }) => uuid(death.id), bytes: ({ death }) => Buffer.from(death.body) } },
  {
    name: "deaths",
    columns: {
      id: ({ death }) => uuid(death.id),
      message_id: ({ death }) => uuid(death.id),
      number: () => int4(1),
      source_id: ({ sourceId }) => uuid(sourceId),
      batch_id: () => int8(1),
      identity: ({ death }) => text(death.identity.kind === "content" ? `${death.identity.hash}:${death.id}` : death.identity.id),
      captured_at: (_, now) => moment(now),
      body_id: ({ death }) => uuid(death.id),
      size: ({ death }) => int4(death.body.length),
      headers: ({ death }) => text(death.headers),
      native: ({ death }) => text(death.native),
      normal: ({ death }) => text(death.normal),
      reason: ({ death }) => text(death.reason),
    },
  },
  {
    name: "messages",
    columns: {
      id: ({ death }) => uuid(death.id),
      position: ({ position }) => int8(position),
      connection_id: ({ connectionId }) => uuid(connectionId),
      source_id: ({ sourceId }) => uuid(sourceId),
      group_id: ({ groupId }) => uuid(groupId),
      state: () => text("dead"),
      deaths: () => int4(1),
      last_death_id: ({ death }) => uuid(death.id),
      body_id: ({ death }) => uuid(death.id),
      size: ({ death }) => int4(death.body.length),
      rule: ({ death }) => text(death.rule),
      reason: ({ death }) => text(death.reason),
      error_type: ({ death }) => text(death.errorType),
      error_message: ({ death }) => text(death.errorMessage),
      origin: ({ death }) => text(death.origin),
      key: ({ death }) => text(death.key),
      attempts: ({ death }) => int4(death.attempts),
      content_type: ({ death }) => text(death.contentType),
      search: ({ death }) => text(death.search),
      first_failed_at: ({ death }) => moment(death.firstFailedAt),
      last_failed_at: ({ death }) => moment(death.lastFailedAt),
      captured_at: (_, now) => moment(now),
      last_death_at: (_, now) => moment(now),
      changed_at: (_, now) => moment(now),
    },
  },
];

const HEADER = Buffer.concat([Buffer.from("PGCOPY\n\xff\r\n\0", "latin1"), Buffer.alloc(8)]);
const TRAILER = Buffer.from([0xff, 0xff]);

/** Writes rows into the three tables of a capture by binary COPY. */
export async function copyRows(tx: AnySql, rows: readonly Copied[]): Promise<void> {
  const now = new Date();
  for (const { name, columns } of TABLES) {
    const cells = Object.values(columns);
    const into = await tx`copy ${tx(name)} (${tx(Object.keys(columns))}) from stdin (format binary)`.writable();
    const body = Buffer.concat([HEADER, ...rows.flatMap((row) => encoded(cells.map((cell) => cell(row, now)))), TRAILER]);
    await pipeline(Readable.from([body]), into);
  }
}

function encoded(cells: readonly Cell[]): Buffer[] {
  const count = Buffer.allocUnsafe(2);
  count.writeInt16BE(cells.length);
  return [count, ...cells.flatMap((cell) => (cell === null ? [NULL] : [int4(cell.length) as Buffer, cell]))];
}

const NULL = Buffer.from([0xff, 0xff, 0xff, 0xff]);
