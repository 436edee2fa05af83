"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { BROKER_KINDS, manifests } from "#core/brokers/index.ts";
import { Segmented } from "../kit/segmented.tsx";
import { SettingsPage } from "../settings/settings-frame.tsx";
import { BackToConnections } from "./back-to-connections.tsx";
import { ConnectionForm } from "./connection-form.tsx";
import { newDraft } from "./connection-values.ts";
import { Permissions } from "./permissions.tsx";

/** Adds a broker: which kind, where it is, and a login whose rights are listed beside. */
export function NewConnectionPage() {
  const t = useTranslations("brokers");
  const [draft, setDraft] = useState(() => newDraft("rabbitmq"));
  return (
    <SettingsPage wide lead={<BackToConnections />}>
      <header>
        <h2 className="text-lg font-semibold">{t("form.newTitle")}</h2>
        <p className="text-muted">{t("form.newHelp")}</p>
      </header>
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,36rem)_minmax(0,22rem)]">
        <div className="grid min-w-0 gap-4">
          <div>
            <Segmented
              label={t("form.kind")}
              value={draft.kind}
              onChange={(kind) => setDraft({ ...newDraft(kind), name: draft.name })}
              options={BROKER_KINDS.map((kind) => ({ value: kind, label: manifests[kind].label }))}
            />
          </div>
          <ConnectionForm key={draft.kind} draft={draft} onChange={setDraft} saved={null} />
        </div>
        <Permissions kind={draft.kind} />
      </div>
    </SettingsPage>
  );
}
