"use client";

import type { MouseEvent } from "react";
import { Checkbox } from "../checkbox.tsx";
import { cx } from "../cx.ts";
import { type Column, roomFor } from "./header-cell.tsx";

type Props<R> = {
  row: R;
  rowKey: string;
  columns: readonly Column<R>[];
  /** null: the table has no selection. */
  selected: boolean | null;
  selectLabel: string;
  onSelect: (key: string, range: boolean) => void;
  onOpen: ((row: R) => void) | undefined;
  open: boolean;
  arrived: boolean;
};

/** What a click is for when it hits these is theirs; a click that ends a text selection is not an opening either. */
const isOwnClick = (event: MouseEvent): boolean =>
  event.target instanceof Element &&
  event.target.closest("a, button, input, label") === null &&
  (window.getSelection()?.isCollapsed ?? true);

/** One row. Its keyboard half is the table's j, k, x and Enter, which move the focus from row to row. */
export function Row<R>({ row, rowKey, columns, selected, selectLabel, onSelect, onOpen, open, arrived }: Props<R>) {
  const click = (event: MouseEvent) => {
    if (!isOwnClick(event)) return;
    if (event.shiftKey && selected !== null) onSelect(rowKey, true);
    else onOpen?.(row);
  };
  return (
    <tr
      data-row={rowKey}
      tabIndex={-1}
      onClick={click}
      aria-current={open || undefined}
      className={cx(
        "group/row scroll-mt-8 -outline-offset-2 hover:bg-hover",
        onOpen && "cursor-default",
        selected && "bg-accent-soft hover:bg-accent-soft",
        open && "bg-hover",
        arrived && "arrived",
      )}
    >
      {selected !== null && (
        <td className={cx("h-(--row) border-b pl-4", open && "shadow-[inset_2px_0_var(--accent-text)]")}>
          <Checkbox
            aria-label={selectLabel}
            checked={selected}
            onClick={(event) => {
              // Shift-click would also select text.
              window.getSelection()?.removeAllRanges();
              onSelect(rowKey, event.shiftKey);
            }}
            className="align-middle"
          />
        </td>
      )}
      {columns.map((column, at) => (
        <td
          key={column.id}
          className={cx(
            "h-(--row) truncate border-b px-3 first:pl-4 last:pr-4",
            roomFor(column),
            column.align === "end" && "text-right tabular-nums",
            open && at === 0 && selected === null && "shadow-[inset_2px_0_var(--accent-text)]",
          )}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  );
}
