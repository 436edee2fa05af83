"use client";

import { Cable, ListTree } from "lucide-react";
import { useTranslations } from "use-intl";
import { AddConnection } from "../brokers/add-connection.tsx";
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
          connected ? (
            <ButtonLink variant="primary" href="/queues?dlq=1">
              {t("first.capture.action")}
            </ButtonLink>
          ) : (
            <AddConnection />
          )
        }
      >
        {t(`first.${step}.help`)}
      </EmptyState>
    </Panel>
  );
}
