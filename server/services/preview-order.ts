import { MESSAGE_STATES, statesFor, type Act, type MessageState } from "#core/message/state.ts";
import type { Selection } from "#core/selection.ts";
import type { Db } from "#db/client.ts";
import { countSelection, newestPosition, originsOfSelection } from "#db/queries/operations.ts";

/** What an order would act on, counted now: the dialog shows it, and the order has to match it. */
export async function previewOrder(db: Db, act: Act, selection: Selection) {
  const asOf = await newestPosition(db);
  const from = statesFor(act);
  const [counted, origins] = await Promise.all([
    countSelection(db, selection, asOf),
    originsOfSelection(db, selection, from, asOf),
  ]);
  const counts = counted.toSorted((a, b) => MESSAGE_STATES.indexOf(a.state) - MESSAGE_STATES.indexOf(b.state));
  const blocked: { state: MessageState; count: number }[] = counts.filter(({ state }) => !from.includes(state));
  const ready: { state: MessageState; count: number }[] = counts.filter(({ state }) => from.includes(state));
  const count = ready.reduce((sum, each) => sum + each.count, 0);
  return { asOf, count, ready, blocked, origins };
}
