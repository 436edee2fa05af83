import type { NewDeath } from "#db/queries/capture.ts";
import { connectSql } from "#db/sql-client.ts";
import { copyRows, type Copied } from "./copy-binary.ts";
import type { Source } from "./stand.ts";

/** Rows are collected up to this many bytes of bodies and headers, and each batch is one transaction. */
const BATCH_BYTES = 1024 * 1024;

/**
 * The fastest way we know to put these rows there from Node: one connection, a binary COPY into each of the three
 * tables, one commit a batch. No lease, no counters, no dedupe, no notification: the limit, not a product.
 */
export async function rawInsert(databaseUrl: string, { sourceId, connectionId }: Source, groupId: string, deaths: readonly NewDeath[]): Promise<void> {
  const { sql, close } = connectSql(databaseUrl, { max: 1, name: "raw insert" });
  let position = Date.now() * 1000;
  try {
    for (const batch of batchesOf(deaths)) {
      await sql.begin(async (tx) => {
        const copied = batch.map((death): Copied => ({ death, sourceId, connectionId, groupId, position: position++ }));
        await copyRows(tx, copied);
      });
    }
  } finally {
    await close();
  }
}

function batchesOf(deaths: readonly NewDeath[]): NewDeath[][] {
  const batches: NewDeath[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const death of deaths) {
    const size = death.body.length + death.headers.length;
    if (bytes + size > BATCH_BYTES) {
      batches.push([]);
      bytes = 0;
    }
    bytes += size;
    batches.at(-1)?.push(death);
  }
  return batches;
}
