"use client";

import { useTranslations } from "use-intl";
import type { DeliveryErrorCode } from "#core/route/outcome.ts";
import { visibleText } from "../kit/visible-text.ts";

type Told = { readonly code: DeliveryErrorCode; readonly status: number | null; readonly type?: string | null };

/** What kind of error it was, short: "HTTP 503", "No answer in time", "Module threw TypeError". */
export function useErrorWords(): (error: Told) => string {
  const t = useTranslations("routes");
  return ({ code, status, type }) => {
    if (code === "http_status") return t("error.http", { status: status ?? 0 });
    const words = t(`error.${code}`);
    return type == null ? words : `${words}: ${visibleText(type, 80)}`;
  };
}
