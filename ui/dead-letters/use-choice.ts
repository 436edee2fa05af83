"use client";

import { useState } from "react";
import type { MessageFilter } from "#core/message/filter.ts";
import { MAX_IDS, type Selection } from "#core/selection.ts";
import { NOTHING_SELECTED, type Selection as RowSelection } from "../kit/table/selection.ts";

/**
 * What is chosen: rows one by one (they stay chosen on other pages), or everything the filter matches. Another filter
 * is another list, in which nothing is chosen yet.
 */
export function useChoice(filter: MessageFilter, pageKeys: readonly string[]) {
  const key = JSON.stringify(filter);
  const [state, setState] = useState({ key, rows: NOTHING_SELECTED, all: false });
  if (state.key !== key) setState({ key, rows: NOTHING_SELECTED, all: false });
  const rows: RowSelection = state.all ? { keys: new Set(pageKeys), anchor: state.rows.anchor } : state.rows;
  const ids = [...rows.keys];
  const selection: Selection | null = state.all ? { by: "filter", filter } : ids.length === 0 || ids.length > MAX_IDS ? null : { by: "ids", ids };
  return {
    rows,
    all: state.all,
    count: ids.length,
    /** More rows than one order may name one by one. */
    tooMany: !state.all && ids.length > MAX_IDS,
    held: state.all || ids.length > 0,
    selection,
    change: (next: RowSelection) => setState({ key, rows: next, all: false }),
    chooseAll: () => setState({ key, rows: NOTHING_SELECTED, all: true }),
    clear: () => setState({ key, rows: NOTHING_SELECTED, all: false }),
  };
}

export type Choice = ReturnType<typeof useChoice>;
