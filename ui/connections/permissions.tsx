"use client";

import { Check } from "lucide-react";
import { useTranslations } from "use-intl";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { Panel } from "../kit/page.tsx";

/** What the login must be allowed, in the broker's own words. */
export function Permissions({ kind }: { kind: BrokerKind }) {
  const t = useTranslations("brokers");
  return (
    <Panel title={t("permissions")}>
      <ul className="grid gap-1.5">
        {manifests[kind].permissions.map((line) => (
          <li key={line} className="flex items-start gap-2">
            <Check aria-hidden className="mt-1 size-3 shrink-0 text-muted" />
            <span className="min-w-0">{line}</span>
          </li>
        ))}
      </ul>
      <p className="mt-3 border-t pt-3 text-sm text-muted">{t("sealed")}</p>
    </Panel>
  );
}
