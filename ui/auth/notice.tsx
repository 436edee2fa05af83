import { CircleAlert, CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../kit/cx.ts";

/** A sentence above a form: what went wrong with it, or what went well before it. */
export function Notice({ good = false, children }: { readonly good?: boolean; readonly children: ReactNode }) {
  const Icon = good ? CircleCheck : CircleAlert;
  return (
    <p
      role={good ? "status" : "alert"}
      className={cx("flex items-start gap-2 rounded px-2.5 py-2", good ? "bg-green-soft text-green" : "bg-red-soft text-red")}
    >
      <Icon aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
