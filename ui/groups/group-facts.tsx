"use client";

import { RotateCcw } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { Num } from "../kit/num.tsx";
import { Details, Panel } from "../kit/page.tsx";
import { Duration, Time } from "../kit/time.tsx";
import type { Group } from "./group-page.tsx";

/** Since when, who is affected, where it failed, and whether it was seen before. */
export function GroupFacts({ group }: { group: Group }) {
  const t = useTranslations("groups");
  const { impact } = group;
  const kind = impact.sampled ? "at_least" : "exact";
  return (
    <div className="grid min-w-0 gap-4">
      <Panel title={t("facts")}>
        <Details
          items={[
            { label: t("firstSeen"), value: <Time iso={group.firstSeenAt} /> },
            { label: t("lastSeen"), value: <Time iso={group.lastSeenAt} /> },
            { label: t("seenBefore"), value: <SeenBefore group={group} /> },
            { label: t("deaths"), value: <Num value={group.deaths} /> },
            { label: t("keys"), value: <Num value={impact.keys} kind={kind} /> },
            {
              label: t("source"),
              value: (
                <Link href={`/messages?source=${group.sourceId}`} className="hover:underline">
                  <BrokerText mono>{group.source}</BrokerText>
                </Link>
              ),
            },
            { label: t("connection"), value: group.connection },
          ]}
        />
      </Panel>
      <Panel title={t("origins")}>
        <ul className="grid gap-1">
          {impact.origins.map(({ origin, count }) => (
            <li key={origin ?? ""} className="flex items-baseline gap-3">
              <span className="min-w-0 flex-1 truncate" title={origin ?? undefined}>
                {origin === null ? <span className="text-muted">{t("unknownOrigin")}</span> : <BrokerText mono>{origin}</BrokerText>}
              </span>
              <Num value={count} kind={kind} />
            </li>
          ))}
          {impact.origins.length === 0 && <li className="text-muted">{t("noneOpen")}</li>}
        </ul>
        {impact.sampled && <p className="mt-2 text-sm text-muted">{t("sampled")}</p>}
      </Panel>
    </div>
  );
}

function SeenBefore({ group }: { group: Group }) {
  const t = useTranslations("groups");
  if (group.silence === null) return <>{t("firstWave")}</>;
  const { since, until } = group.silence;
  return (
    <span className="inline-flex items-start gap-1 text-amber">
      <RotateCcw aria-hidden className="mt-1 size-3 shrink-0" />
      <span>
        {t("cameBack")} <Time iso={until} />
        <span className="block text-muted">
          {t("silentFor")} <Duration ms={Date.parse(until) - Date.parse(since)} />
        </span>
      </span>
    </span>
  );
}
