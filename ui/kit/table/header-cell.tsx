"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../cx.ts";

export type Sort = { readonly column: string; readonly direction: "ascending" | "descending" };

export type Column<R> = {
  id: string;
  header: ReactNode;
  cell: (row: R) => ReactNode;
  /** A width class such as `w-24`; columns without one share the rest. */
  width?: string;
  /** Numbers stand at the end. */
  align?: "start" | "end";
  sortable?: boolean;
  /** Shown only where the table is at least this wide: small 24 rem, medium 42 rem, wide 56 rem, full 72 rem. Default: always. */
  from?: "small" | "medium" | "wide" | "full";
};

const rooms = { small: "hidden @sm:table-cell", medium: "hidden @2xl:table-cell", wide: "hidden @4xl:table-cell", full: "hidden @6xl:table-cell" };

/** The class that hides a column's cells where the table is too narrow for it. */
export const roomFor = <R,>({ from }: Column<R>): string | undefined => from && rooms[from];

type Props<R> = { column: Column<R>; sort: Sort | undefined; onSort: ((sort: Sort) => void) | undefined };

/** One column's head; a sortable one is a button that turns the order round. */
export function HeaderCell<R>({ column, sort, onSort }: Props<R>) {
  const sorted = sort?.column === column.id ? sort.direction : null;
  const Arrow = sorted === "ascending" ? ArrowUp : ArrowDown;
  const end = column.align === "end";
  return (
    <th
      scope="col"
      aria-sort={column.sortable ? (sorted ?? "none") : undefined}
      className={cx(
        "sticky top-0 z-10 h-8 truncate border-b bg-sunken px-3 text-sm font-medium text-muted first:pl-4 last:pr-4",
        end ? "text-right" : "text-left",
        column.width,
        roomFor(column),
      )}
    >
      {column.sortable && onSort ? (
        <button
          type="button"
          onClick={() => onSort({ column: column.id, direction: sorted === "descending" ? "ascending" : "descending" })}
          className={cx(
            "inline-flex h-6 items-center gap-1 hover:text-ink",
            sorted && "text-ink",
            end && "flex-row-reverse",
          )}
        >
          {column.header}
          <Arrow aria-hidden className={cx("size-3", !sorted && "opacity-0")} />
        </button>
      ) : (
        column.header
      )}
    </th>
  );
}
