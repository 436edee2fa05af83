"use client";

import { useTranslations } from "use-intl";
import { cx } from "../kit/cx.ts";
import { softTone, solidTone } from "../kit/tone.ts";
import { visibleText } from "../kit/visible-text.ts";
import type { Environment } from "./console-shell.tsx";

/** The name and colour of the environment; production is drawn so that it can not be taken for anything else. */
export function EnvironmentChip({ environment: { name, tone, production } }: { environment: Environment }) {
  const t = useTranslations("shell");
  return (
    <span
      title={production ? t("productionHelp") : t("environmentHelp")}
      className={cx(
        "inline-flex h-6 min-w-0 items-center gap-1.5 rounded px-2 text-sm font-semibold",
        production ? cx(solidTone[tone], "tracking-wide uppercase") : softTone[tone],
      )}
    >
      <span aria-hidden className={cx("size-1.5 shrink-0 bg-current", production ? "rotate-45" : "rounded-full")} />
      <span className="sr-only">{t("environment")}</span>
      <span className="truncate">{visibleText(name, 40)}</span>
    </span>
  );
}
