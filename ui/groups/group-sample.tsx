"use client";

import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { ButtonLink } from "../kit/button.tsx";
import { Panel } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import type { Group } from "./group-page.tsx";

/** The newest message that waits: its error, and the way to its payload. */
export function GroupSample({ group }: { group: Group }) {
  const t = useTranslations("groups");
  const { sample } = group;
  if (sample === null) return null;
  return (
    <Panel
      title={t("sample")}
      aside={
        <>
          <StateBadge state={sample.state} />
          <ButtonLink size="sm" href={`/messages/${sample.id}`}>
            {t("openSample")}
          </ButtonLink>
        </>
      }
    >
      <p className="text-sm text-muted">
        {t("died")} <Time iso={sample.lastDeathAt} />
        {sample.attempts !== null && ` · ${t("attempts", { count: sample.attempts })}`}
      </p>
      {sample.errorType !== null && (
        <p className="mt-2 font-medium break-words text-red">
          <BrokerText max={500}>{sample.errorType}</BrokerText>
        </p>
      )}
      {sample.errorMessage === null ? (
        <p className="mt-1 text-muted">{t("noErrorText")}</p>
      ) : (
        <p className="scroll-thin mt-1 max-h-72 overflow-auto rounded bg-sunken px-3 py-2 break-words">
          <BrokerText mono multiline max={4_000}>
            {sample.errorMessage}
          </BrokerText>
        </p>
      )}
    </Panel>
  );
}
