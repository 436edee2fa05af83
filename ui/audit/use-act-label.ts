"use client";

import { type Messages, useTranslations } from "use-intl";

type KnownAct = keyof Messages["audit"]["acts"];

/** The words for an act; one without words is shown by its code. */
export function useActLabel(): (act: string) => string {
  const t = useTranslations("audit.acts");
  return (act) => {
    const key = act.replace(".", "_") as KnownAct;
    return t.has(key) ? t(key) : act;
  };
}
