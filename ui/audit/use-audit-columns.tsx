"use client";

import { useTranslations } from "use-intl";
import { Badge } from "../kit/badge.tsx";
import { BrokerText } from "../kit/broker-text.tsx";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import type { Tone } from "../kit/tone.ts";
import { type AuditEntry, detailLine } from "./entry.ts";
import { useActLabel } from "./use-act-label.ts";

/** Acts that somebody should look at. */
const LOUD: Readonly<Record<string, Tone>> = { "access.refused": "amber", "session.blocked": "red", "session.sign_in_failed": "amber" };

/** The first cell opens the entry: the way in by keyboard. */
export function useAuditColumns(onOpen: (entry: AuditEntry) => void): readonly Column<AuditEntry>[] {
  const t = useTranslations("audit");
  const labelOf = useActLabel();
  return [
    {
      id: "when",
      header: t("when"),
      width: "w-28",
      cell: (entry) => (
        <button type="button" onClick={() => onOpen(entry)} className="text-muted hover:text-ink hover:underline">
          <Time iso={entry.at} />
        </button>
      ),
    },
    {
      id: "who",
      header: t("who"),
      width: "w-44",
      from: "medium",
      cell: ({ actor, actorId, email }) =>
        actorId === null && actor === "anonymous" ? (
          <span className="text-faint">{t("anonymous")}</span>
        ) : (
          <bdi title={email ?? undefined} className="font-medium">
            {actor}
          </bdi>
        ),
    },
    {
      id: "what",
      header: t("what"),
      width: "w-56",
      cell: ({ act }) => {
        const tone = LOUD[act];
        return tone === undefined ? labelOf(act) : <Badge tone={tone} className="align-middle">{labelOf(act)}</Badge>;
      },
    },
    { id: "subject", header: t("subject"), width: "w-64", from: "wide", cell: ({ subject }) => subject !== null && <BrokerText max={200}>{subject}</BrokerText> },
    {
      id: "detail",
      from: "medium",
      header: t("detail"),
      cell: ({ detail }) => (
        <span className="text-muted">
          <BrokerText mono max={300}>
            {detailLine(detail)}
          </BrokerText>
        </span>
      ),
    },
  ];
}
