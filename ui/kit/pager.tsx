"use client";

import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button.tsx";

type Props = {
  /** Null at the first page. */
  onPrevious: (() => void) | null;
  /** Null at the last page. */
  onNext: (() => void) | null;
  /** What this page is: "Newest 100 of 10,000+". */
  children?: ReactNode;
  busy?: boolean;
};

/** Back and forth through pages that are found by key: there are no page numbers to jump to. */
export function Pager({ onPrevious, onNext, children, busy = false }: Props) {
  const t = useTranslations("kit");
  return (
    <nav aria-label={t("pages")} className="flex h-10 shrink-0 items-center gap-2 border-t bg-canvas px-4">
      <div aria-live="polite" className="min-w-0 flex-1 truncate text-muted">
        {children}
      </div>
      <Button
        size="sm"
        busy={busy && onPrevious !== null}
        disabledReason={onPrevious ? null : t("firstPage")}
        onClick={() => onPrevious?.()}
      >
        <ChevronLeft aria-hidden />
        {t("previousPage")}
      </Button>
      <Button
        size="sm"
        busy={busy && onNext !== null}
        disabledReason={onNext ? null : t("lastPage")}
        onClick={() => onNext?.()}
      >
        {t("nextPage")}
        <ChevronRight aria-hidden />
      </Button>
    </nav>
  );
}
