import { CircleCheck, Inbox, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "./cx.ts";

type Props = {
  title: ReactNode;
  /** What would fill it. */
  children?: ReactNode;
  icon?: LucideIcon;
  /** Emptiness is good news, e.g. no dead letters. */
  good?: boolean;
  /** The next step. */
  action?: ReactNode;
};

/** A place with nothing in it yet: says what would fill it and offers the next step. */
export function EmptyState({ title, children, icon, good = false, action }: Props) {
  const Icon = icon ?? (good ? CircleCheck : Inbox);
  return (
    <div className="mx-auto grid max-w-md content-start justify-items-center gap-1 px-6 py-14 text-center">
      <span
        className={cx(
          "mb-2 grid size-9 place-items-center rounded border",
          good ? "border-transparent bg-green-soft text-green" : "bg-sunken text-muted",
        )}
      >
        <Icon aria-hidden className="size-4.5" />
      </span>
      <p className="font-semibold">{title}</p>
      {children && <div className="text-balance text-muted">{children}</div>}
      {action && <div className="mt-3 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
