"use client";

import { useTranslations } from "use-intl";
import { refusalOf } from "../trpc/failure.ts";

/** What a failed order says to the person who gave it; null when there is no error. */
export function useRefusedText(): (error: unknown) => string | null {
  const t = useTranslations("operations");
  return (error) => {
    const refusal = refusalOf(error);
    if (refusal === null) return null;
    if (refusal.code === "conflict") return t("refused.conflict");
    if (refusal.code === "forbidden") return t("refused.forbidden");
    if (refusal.code === "unauthenticated") return t("refused.unauthenticated");
    return refusal.code === null ? t("refused.unknown") : refusal.message;
  };
}
