/** Keys of chosen rows, and the row from which a shift-click ranges. */
export type Selection = { readonly keys: ReadonlySet<string>; readonly anchor: string | null };

export const NOTHING_SELECTED: Selection = { keys: new Set(), anchor: null };

/** Adds or removes one row, which becomes the anchor. */
export function toggleRow({ keys }: Selection, key: string): Selection {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return { keys: next, anchor: key };
}

/**
 * Gives every row between anchor and `key`, in the order of `order`, the state the anchor has. Without an anchor on
 * the page it is a plain toggle.
 */
export function rangeTo(selection: Selection, key: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(key);
  if (from < 0 || to < 0) return toggleRow(selection, key);
  const chosen = selection.anchor !== null && selection.keys.has(selection.anchor);
  const next = new Set(selection.keys);
  for (const each of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (chosen) next.add(each);
    else next.delete(each);
  }
  return { keys: next, anchor: selection.anchor };
}

/** All rows of the page, or none of them if all were chosen. Rows of other pages stay as they are. */
export function toggleAll({ keys }: Selection, order: readonly string[]): Selection {
  const next = new Set(keys);
  const all = order.every((key) => keys.has(key));
  for (const key of order) {
    if (all) next.delete(key);
    else next.add(key);
  }
  return { keys: next, anchor: null };
}
