"use client";

import { Cable, ListTree } from "lucide-react";
import { useTranslations } from "use-intl";
import { ButtonLink } from "../kit/button.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { Panel } from "../kit/page.tsx";

/** Before anything is captured: what fills this page, and the next step to it. */
export function FirstSteps({ connections }: { connections: readonly { readonly id: string }[] }) {
  const t = useTranslations("overview");
  const connected = connections.length > 0;
  const step = connected ? "capture" : "connect";
  return (
    <Panel flush>
      <EmptyState
        icon={connected ? ListTree : Cable}
        title={t(`first.${step}.title`)}
        action={
          <ButtonLink variant="primary" href={connected ? "/queues?dlq=1" : "/settings/connections/new"}>
            {t(`first.${step}.action`)}
          </ButtonLink>
        }
      >
        {t(`first.${step}.help`)}
      </EmptyState>
    </Panel>
  );
}
