import type { Selection } from "#core/selection.ts";
import { newestPosition } from "#db/queries/operations.ts";
import { orderOperation } from "#server/services/order-operation.ts";
import type { Stand } from "./stand.ts";

const ACTOR = { id: "bench", name: "Bench", email: "bench@example.com", role: "operator" } as const;

/** Orders a resend as the console does. Answers the operation's id. */
export async function orderResend({ pool }: Stand, selection: Selection, expected: number, asOf: number): Promise<string> {
  const order = { act: "resend", selection, expected, asOf, requestId: crypto.randomUUID() } as const;
  return (await orderOperation(pool.db, pool.sql, ACTOR, order)).operationId;
}

export const asOfNow = ({ pool }: Stand): Promise<number> => newestPosition(pool.db);
