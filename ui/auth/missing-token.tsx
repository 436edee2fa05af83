import { Link2Off } from "lucide-react";
import type { ReactNode } from "react";

/** Instead of a form that could not work: the address came without its token. */
export function MissingToken({ title, children }: { readonly title: ReactNode; readonly children: ReactNode }) {
  return (
    <div role="alert" className="flex items-start gap-3 rounded border bg-sunken p-3">
      <Link2Off aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
      <div className="min-w-0">
        <p className="font-semibold">{title}</p>
        <p className="mt-0.5 text-muted">{children}</p>
      </div>
    </div>
  );
}
