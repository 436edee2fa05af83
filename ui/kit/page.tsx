import type { ReactNode } from "react";
import { cx } from "./cx.ts";

type HeaderProps = { title: ReactNode; description?: ReactNode; actions?: ReactNode; above?: ReactNode };

/** The head of a page: its one h1, what it is about, and what can be done with all of it. */
export function PageHeader({ title, description, actions, above }: HeaderProps) {
  return (
    <header className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 pt-4 pb-3">
      <div className="min-w-0 flex-1">
        {above}
        <h1 className="text-xl font-semibold tracking-tight break-words">{title}</h1>
        {description && <p className="mt-0.5 max-w-prose text-muted">{description}</p>}
      </div>
      {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}

type PanelProps = { title?: ReactNode; aside?: ReactNode; flush?: boolean; className?: string; children: ReactNode };

/** A bordered part of a page with its own heading; `flush` for tables that bring their own edges. */
export function Panel({ title, aside, flush = false, className, children }: PanelProps) {
  return (
    <section className={cx("min-w-0 overflow-hidden rounded border bg-surface", className)}>
      {title && (
        <div className="flex min-h-10 items-center gap-2 border-b px-4">
          <h2 className="min-w-0 flex-1 truncate font-semibold">{title}</h2>
          {aside}
        </div>
      )}
      <div className={cx(!flush && "p-4")}>{children}</div>
    </section>
  );
}

export type Detail = { label: ReactNode; value: ReactNode };

/** Names and values, a line each. */
export function Details({ items, className }: { items: readonly Detail[]; className?: string }) {
  return (
    <dl className={cx("grid grid-cols-[minmax(7rem,auto)_1fr] gap-x-4 gap-y-1", className)}>
      {items.map(({ label, value }, at) => (
        <div key={at} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0 break-words">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Filters and actions above a list. */
export function Toolbar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="group" aria-label={label} className="flex min-h-11 flex-wrap items-center gap-2 border-b px-4 py-2">
      {children}
    </div>
  );
}
