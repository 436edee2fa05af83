"use client";

import Link from "next/link";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { Bytes, Num } from "../kit/num.tsx";
import type { Column } from "../kit/table/table.tsx";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { DeliveryStateBadge } from "./delivery-state.tsx";
import { useErrorWords } from "./error-words.tsx";
import { NextTime } from "./next-time.tsx";
import type { DeliveryRow } from "./types.ts";

/** The columns of a list of deliveries. */
export function useDeliveryColumns(): Column<DeliveryRow>[] {
  const t = useTranslations("routes");
  return [
    { id: "state", header: t("deliveries.state"), width: "w-32", cell: (row) => <DeliveryStateBadge delivery={row} look="bare" /> },
    {
      id: "key",
      header: t("deliveries.key"),
      cell: ({ id, key }) => (
        <Link href={`/deliveries/${id}`} className="block truncate hover:underline">
          <BrokerText mono max={100}>
            {key ?? id}
          </BrokerText>
        </Link>
      ),
    },
    { id: "tries", header: t("deliveries.tries"), width: "w-18", align: "end", from: "medium", cell: ({ tries }) => <Num value={tries} /> },
    { id: "next", header: t("deliveries.next"), width: "w-48", from: "medium", cell: (row) => <NextTry delivery={row} /> },
    { id: "why", header: t("deliveries.why"), from: "wide", cell: (row) => <LastError row={row} /> },
    { id: "size", header: t("deliveries.size"), width: "w-24", align: "end", from: "full", cell: ({ size }) => <Bytes value={size} /> },
    { id: "received", header: t("deliveries.received"), width: "w-28", align: "end", cell: ({ receivedAt }) => <Time iso={receivedAt} className="text-muted" /> },
  ];
}

type Waiting = Pick<DeliveryRow, "state" | "dueAt" | "givenUpBy" | "duplicateOf">;

/** When it is tried next, or why it is not. */
export function NextTry({ delivery }: { delivery: Waiting }) {
  const t = useTranslations("routes");
  if (delivery.duplicateOf !== null) return <span className="text-muted">{t("next.duplicate")}</span>;
  if (delivery.state !== "pending" && delivery.state !== "retrying") return null;
  if (delivery.givenUpBy !== null) return <span className="text-muted">{t("next.givenUp", { name: visibleText(delivery.givenUpBy, 60) })}</span>;
  if (delivery.dueAt === null) return <span className="text-muted">{t("next.behind")}</span>;
  return <NextTime iso={delivery.dueAt} />;
}

function LastError({ row: { errorCode, errorStatus, errorMessage } }: { row: DeliveryRow }) {
  const words = useErrorWords();
  if (errorCode === null) return null;
  return (
    <span title={errorMessage ?? undefined}>
      {words({ code: errorCode, status: errorStatus })}
      {errorMessage !== null && errorCode !== "http_status" && (
        <span className="text-muted">
          {" · "}
          <BrokerText max={160}>{errorMessage}</BrokerText>
        </span>
      )}
    </span>
  );
}
