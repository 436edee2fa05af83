"use client";

import { type RefObject, useRef } from "react";
import { useTranslations } from "use-intl";
import { useShortcuts } from "../shortcuts.tsx";
import type { TableProps } from "./table.tsx";

type Input<R> = { order: readonly string[]; props: TableProps<R>; select: (key: string, range: boolean) => void };

/** j, k, x and Enter for a table; the row with the focus is the cursor. Gives the ref for its `tbody`. */
export function useRowKeys<R>({ order, props, select }: Input<R>): RefObject<HTMLTableSectionElement | null> {
  const t = useTranslations("kit");
  const body = useRef<HTMLTableSectionElement>(null);
  const last = useRef<string | null>(null);

  const cursor = (): number => {
    const row = document.activeElement?.closest<HTMLElement>("tr[data-row]");
    const focused = row && body.current?.contains(row) ? row.dataset["row"] : undefined;
    return order.indexOf(focused ?? last.current ?? props.openKey ?? "");
  };
  const move = (step: number) => {
    const from = cursor();
    const to = from < 0 ? 0 : Math.min(order.length - 1, Math.max(0, from + step));
    const key = order[to];
    const row = props.rows[to];
    if (key === undefined || row === undefined) return;
    last.current = key;
    const element = body.current?.querySelector<HTMLElement>(`tr[data-row="${CSS.escape(key)}"]`);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
    props.onCursor?.(row);
  };
  const selectAtCursor = (range: boolean) => {
    const key = order[cursor()];
    if (key !== undefined) select(key, range);
  };
  const open = () => {
    const row = props.rows[cursor()];
    if (row) props.onOpen?.(row);
  };

  const on = props.keyboard !== false && order.length > 0;
  const selectable = on && props.selection !== undefined;
  useShortcuts(t("list"), [
    { keys: "j", label: t("nextRow"), run: () => move(1), enabled: on },
    { keys: "k", label: t("previousRow"), run: () => move(-1), enabled: on },
    { keys: "x", label: t("toggleRow"), run: () => selectAtCursor(false), enabled: selectable },
    { keys: "shift+x", label: t("rangeRow"), run: () => selectAtCursor(true), enabled: selectable },
    { keys: "Enter", label: t("openRow"), run: open, enabled: on && props.onOpen !== undefined },
  ]);
  return body;
}
