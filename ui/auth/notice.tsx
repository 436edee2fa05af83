import { CircleAlert, CircleCheck, Info, type LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cx } from "../kit/cx.ts";

const looks = {
  bad: { icon: CircleAlert, colour: "bg-red-soft text-red", role: "alert" },
  good: { icon: CircleCheck, colour: "bg-green-soft text-green", role: "status" },
  plain: { icon: Info, colour: "bg-sunken text-ink", role: "status" },
} as const satisfies Record<string, { icon: LucideIcon; colour: string; role: "alert" | "status" }>;

/** A sentence above a form: what went wrong with it, what went well before it, or why one is here. */
export function Notice({ look = "bad", children }: { readonly look?: keyof typeof looks; readonly children: ReactNode }) {
  const { icon: Icon, colour, role } = looks[look];
  return (
    <p role={role} className={cx("flex items-start gap-2 rounded px-2.5 py-2", colour)}>
      <Icon aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}
