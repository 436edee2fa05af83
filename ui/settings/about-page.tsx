"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { CopyButton } from "../kit/copy-button.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Details, Panel } from "../kit/page.tsx";
import { Skeleton } from "../kit/skeleton.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { SettingsPage } from "./settings-frame.tsx";

export function AboutPage() {
  const t = useTranslations("settings.about");
  const about = useQuery(useTRPC().environment.about.queryOptions());
  const lines = about.data && [
    ["Redrive", about.data.version],
    ["Node.js", about.data.node],
    ["PostgreSQL", about.data.postgres],
  ];
  return (
    <SettingsPage lead={t("lead")}>
      <Panel
        title={t("versions")}
        aside={lines && <CopyButton label={t("copy")} text={lines.map((line) => line.join(" ")).join("\n")} />}
      >
        {about.isError && <ErrorLine onRetry={() => void about.refetch()}>{t("loadFailed")}</ErrorLine>}
        {about.isPending && <Skeleton className="h-15 w-60" />}
        {lines && (
          <Details
            items={[
              ...lines.map(([label, value]) => ({ label, value: <span className="font-mono text-sm">{value}</span> })),
              { label: t("license"), value: about.data.license },
            ]}
          />
        )}
      </Panel>
    </SettingsPage>
  );
}
