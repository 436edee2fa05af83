"use client";

import { ChevronLeft } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";

/** The way back from a form to the list. */
export function BackToConnections() {
  const t = useTranslations("brokers");
  return (
    <Link href="/settings/connections" className="inline-flex items-center gap-0.5 text-muted hover:text-ink">
      <ChevronLeft aria-hidden className="size-3.5" />
      {t("connections.title")}
    </Link>
  );
}
