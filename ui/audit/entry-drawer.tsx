"use client";

import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { Drawer } from "../kit/drawer.tsx";
import { Details } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import { type AuditEntry, detailFields } from "./entry.ts";
import { useActLabel } from "./use-act-label.ts";

/** One entry in full. */
export function EntryDrawer({ entry, onClose }: { readonly entry: AuditEntry; readonly onClose: () => void }) {
  const t = useTranslations("audit");
  const labelOf = useActLabel();
  const { id, at, actor, actorId, email, act, subject, detail } = entry;
  const isAnonymous = actorId === null && actor === "anonymous";
  const fields = detailFields(detail);
  return (
    <Drawer open onOpenChange={onClose} title={t("entry", { id })}>
      <div className="grid gap-4 p-4">
        <Details
          items={[
            { label: t("when"), value: <Time iso={at} look="exact" /> },
            { label: t("who"), value: isAnonymous ? t("anonymous") : <bdi className="font-medium">{actor}</bdi> },
            ...(email === null ? [] : [{ label: t("email"), value: <bdi>{email}</bdi> }]),
            { label: t("what"), value: labelOf(act) },
            { label: t("code"), value: <code className="font-mono text-sm">{act}</code> },
            ...(subject === null ? [] : [{ label: t("subject"), value: <BrokerText>{subject}</BrokerText> }]),
          ]}
        />
        {fields.length > 0 && (
          <section className="grid gap-1.5 border-t pt-4">
            <h3 className="font-semibold">{t("detail")}</h3>
            <Details
              items={fields.map(({ name, value }) => ({
                label: <BrokerText mono>{name}</BrokerText>,
                value: (
                  <BrokerText mono multiline max={20_000}>
                    {value}
                  </BrokerText>
                ),
              }))}
            />
          </section>
        )}
      </div>
    </Drawer>
  );
}
