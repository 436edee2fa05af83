"use client";

import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Checkbox } from "../checkbox.tsx";
import { cx } from "../cx.ts";
import { Skeleton } from "../skeleton.tsx";
import { type Column, HeaderCell, roomFor, type Sort } from "./header-cell.tsx";
import { Row } from "./row.tsx";
import { rangeTo, type Selection, toggleAll, toggleRow } from "./selection.ts";
import { useRowKeys } from "./use-row-keys.ts";

export type { Column };

export type TableProps<R> = {
  /** Names the table for screen readers. */
  label: string;
  columns: readonly Column<R>[];
  rows: readonly R[];
  rowKey: (row: R) => string;
  /** What a row is called, for its checkbox: "Select message 0193…". */
  rowLabel?: (row: R) => string;
  /** A click on the row or Enter. The first cell should hold a real link to the same place. */
  onOpen?: (row: R) => void;
  /** The row shown beside the table, marked. */
  openKey?: string | null;
  /** Called when j or k moves to a row. */
  onCursor?: (row: R) => void;
  selection?: Selection;
  onSelectionChange?: (selection: Selection) => void;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  /** Keys of rows that came in just now: they light up once. */
  arrived?: ReadonlySet<string>;
  /** First load: this many skeleton rows instead of rows. */
  loadingRows?: number;
  /** Shown below the header when there are no rows. */
  empty?: ReactNode;
  /** False when another table of the page has j, k, x and Enter. */
  keyboard?: boolean;
  className?: string;
};

/**
 * A dense table over rows of one type: sticky header, j/k to move, x to select, shift for ranges, Enter to open.
 * It draws what it is given; sorting, filtering and paging are the caller's.
 */
export function Table<R>(props: TableProps<R>) {
  const t = useTranslations("kit");
  const { columns, rows, rowKey, selection, onSelectionChange, loadingRows = 0 } = props;
  const order = rows.map(rowKey);
  const select = (key: string, range: boolean) => {
    if (!selection) return;
    onSelectionChange?.(range ? rangeTo(selection, key, order) : toggleRow(selection, key));
  };
  const body = useRowKeys({ order, props, select });
  const chosen = selection ? order.filter((key) => selection.keys.has(key)).length : 0;
  return (
    <div className={cx("scroll-thin @container relative min-h-0 overflow-auto", props.className)}>
      <table
        aria-label={props.label}
        aria-busy={loadingRows > 0}
        className="w-full table-fixed border-separate border-spacing-0"
      >
        <thead>
          <tr>
            {selection && (
              <th scope="col" className="sticky top-0 z-10 h-8 w-10 border-b bg-sunken pl-4 text-left">
                <Checkbox
                  aria-label={t("selectAll")}
                  checked={chosen === 0 ? false : chosen === order.length || "indeterminate"}
                  onCheckedChange={() => onSelectionChange?.(toggleAll(selection, order))}
                  className="align-middle"
                />
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody ref={body}>
          {loadingRows > 0
            ? Array.from({ length: loadingRows }, (_, at) => (
                <SkeletonRow key={at} columns={columns} selectable={selection !== undefined} at={at} />
              ))
            : rows.map((row, at) => (
                <Row
                  key={order[at]}
                  row={row}
                  rowKey={order[at] ?? ""}
                  columns={columns}
                  selected={selection ? selection.keys.has(order[at] ?? "") : null}
                  selectLabel={t("selectRow", { row: props.rowLabel?.(row) ?? String(at + 1) })}
                  onSelect={select}
                  onOpen={props.onOpen}
                  open={props.openKey != null && props.openKey === order[at]}
                  arrived={props.arrived?.has(order[at] ?? "") ?? false}
                />
              ))}
        </tbody>
      </table>
      {rows.length === 0 && loadingRows === 0 && props.empty}
    </div>
  );
}

const WIDTHS = ["w-3/4", "w-1/2", "w-2/3", "w-3/5"];

function SkeletonRow<R>({
  columns,
  selectable,
  at,
}: {
  columns: readonly Column<R>[];
  selectable: boolean;
  at: number;
}) {
  return (
    <tr>
      {selectable && (
        <td className="h-(--row) border-b pl-4">
          <Skeleton className="size-3.5" />
        </td>
      )}
      {columns.map((column, cell) => (
        <td key={column.id} className={cx("h-(--row) border-b px-3 first:pl-4", roomFor(column))}>
          <Skeleton className={cx(WIDTHS[(at + cell * 3) % WIDTHS.length], column.align === "end" && "ml-auto")} />
        </td>
      ))}
    </tr>
  );
}
