"use client";

import { RefreshCw, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy-button.tsx";

type Props = {
  /** What happened. */
  title: ReactNode;
  /** What was not lost. */
  safe?: ReactNode;
  /** What to do. */
  advice?: ReactNode;
  /** For whoever helps: a code or an error's own words; copied, not explained. */
  detail?: string | undefined;
  onRetry?: () => void;
  retrying?: boolean;
  action?: ReactNode;
};

/** Something did not work: what happened, what was not lost, what to do. */
export function ErrorState({ title, safe, advice, detail, onRetry, retrying = false, action }: Props) {
  const t = useTranslations("kit");
  return (
    <div role="alert" className="mx-auto grid max-w-lg content-start justify-items-center gap-1 px-6 py-14 text-center">
      <span className="mb-2 grid size-9 place-items-center rounded bg-red-soft text-red">
        <TriangleAlert aria-hidden className="size-4.5" />
      </span>
      <p className="font-semibold">{title}</p>
      {safe && <p className="text-balance">{safe}</p>}
      {advice && <p className="text-balance text-muted">{advice}</p>}
      {detail && (
        <p className="mt-2 flex max-w-full items-center gap-1 rounded border bg-sunken py-0.5 pr-0.5 pl-2">
          <code className="min-w-0 truncate font-mono text-sm text-muted">{detail}</code>
          <CopyButton text={detail} />
        </p>
      )}
      <div className="mt-3 flex flex-wrap justify-center gap-2">
        {onRetry && (
          <Button onClick={onRetry} busy={retrying}>
            <RefreshCw aria-hidden />
            {t("retry")}
          </Button>
        )}
        {action}
      </div>
    </div>
  );
}

/** The same in one line, for a part of a page whose rest works. */
export function ErrorLine({ children, onRetry }: { children: ReactNode; onRetry?: () => void }) {
  const t = useTranslations("kit");
  return (
    <div role="alert" className="flex items-center gap-2 rounded bg-red-soft px-2.5 py-1.5 text-red">
      <TriangleAlert aria-hidden className="size-3.5 shrink-0" />
      <span className="min-w-0 flex-1 break-words">{children}</span>
      {onRetry && (
        <Button size="sm" onClick={onRetry}>
          {t("retry")}
        </Button>
      )}
    </div>
  );
}
