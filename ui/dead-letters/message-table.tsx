"use client";

import Link from "next/link";
import type { MouseEvent } from "react";
import { useTranslations } from "use-intl";
import type { MessageFilter } from "#core/message/filter.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Bytes } from "../kit/num.tsx";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { StateBadge } from "../states/state-badge.tsx";
import { messageHref } from "./list-address.ts";
import type { MessageRow } from "./types.ts";

/** What a row is called, for screen readers and checkboxes. */
export const rowName = (row: MessageRow): string => visibleText(`${row.errorType ?? row.reason} ${row.key ?? row.id}`, 120);

/** The columns of the list. `onPreview` is a plain click on a row's link. */
export function useMessageColumns(chosen: MessageFilter, onPreview: (row: MessageRow) => void): Column<MessageRow>[] {
  const t = useTranslations("messages");
  const preview = (row: MessageRow) => (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onPreview(row);
  };
  return [
    { id: "state", header: t("column.state"), width: "w-28", cell: (row) => <StateBadge state={row.state} look="bare" /> },
    {
      id: "error",
      header: t("column.error"),
      cell: (row) => (
        <Link href={messageHref(row.id, chosen)} prefetch={false} onClick={preview(row)} className="block truncate">
          <ErrorText row={row} />
        </Link>
      ),
    },
    { id: "origin", header: t("column.origin"), width: "w-40", from: "medium", cell: (row) => row.origin !== null && <Cut>{row.origin}</Cut> },
    { id: "source", header: t("column.source"), width: "w-40", from: "wide", cell: (row) => <span className="text-muted"><Cut>{row.source}</Cut></span> },
    { id: "key", header: t("column.key"), width: "w-36", from: "wide", cell: (row) => row.key !== null && <Cut mono>{row.key}</Cut> },
    {
      id: "deaths",
      header: <span title={t("column.deathsHelp")}>{t("column.deaths")}</span>,
      width: "w-20",
      align: "end",
      from: "medium",
      cell: (row) => (
        <span title={t("deathsAndAttempts", { deaths: row.deaths, attempts: row.attempts ?? t("notTold") })}>
          {row.deaths}
          <span className="text-muted"> / {row.attempts ?? "–"}</span>
        </span>
      ),
    },
    { id: "size", header: t("column.size"), width: "w-24", align: "end", from: "wide", cell: (row) => <Bytes value={row.size} className="text-muted" /> },
    { id: "age", header: t("column.age"), width: "w-24", align: "end", from: "small", cell: (row) => <Time iso={row.lastDeathAt} className="text-muted" /> },
  ];
}

function Cut({ children, mono = false }: { children: string; mono?: boolean }) {
  return (
    <span title={visibleText(children, 300)}>
      <BrokerText max={80} mono={mono}>
        {children}
      </BrokerText>
    </span>
  );
}

/** The last part of a qualified type: in a list the package hides what differs. */
const shortType = (type: string): string => type.split(/[.\\:+/]/).findLast((part) => part !== "") ?? type;

/** `Type: message`, or why it died when it brought no error. */
function ErrorText({ row }: { row: MessageRow }) {
  const t = useTranslations("messages");
  if (row.errorType === null && row.errorMessage === null) return <span className="text-muted">{t(`reason.${row.reason}`)}</span>;
  return (
    <>
      {row.errorType !== null && (
        <span className="font-medium" title={visibleText(row.errorType, 300)}>
          <BrokerText max={100}>{shortType(row.errorType)}</BrokerText>
        </span>
      )}
      {row.errorMessage !== null && (
        <span className="text-muted">
          {row.errorType !== null && ": "}
          <BrokerText max={200}>{row.errorMessage}</BrokerText>
        </span>
      )}
    </>
  );
}
