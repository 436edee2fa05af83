"use client";

import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { ErrorState } from "../kit/error-state.tsx";

type Props = { error: unknown; retry: () => void };

const referenceOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  return "digest" in error && typeof error.digest === "string" ? error.digest : error.message;
};

/** What stands in place of a page that threw. */
export function PageError({ error, retry }: Props) {
  const t = useTranslations("shell");
  useEffect(() => {
    // oxlint-disable-next-line no-console -- the browser's console is where a developer looks for it
    console.error(error);
  }, [error]);
  return (
    <ErrorState
      title={t("errorTitle")}
      safe={t("errorSafe")}
      advice={t("errorAdvice")}
      detail={referenceOf(error)}
      onRetry={retry}
    />
  );
}
