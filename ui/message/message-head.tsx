"use client";

import Link from "next/link";
import { ArrowRight, CircleHelp } from "lucide-react";
import { useTranslations } from "use-intl";
import { BrokerText } from "../kit/broker-text.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { cx } from "../kit/cx.ts";
import { Bytes } from "../kit/num.tsx";
import { slot } from "../kit/slot.ts";
import { Time } from "../kit/time.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import type { MessageDetail } from "./types.ts";

type Props = { message: MessageDetail; compact?: boolean };

/** What failed, where, and how it stands. */
export function MessageHead({ message, compact = false }: Props) {
  const t = useTranslations("messages");
  const Heading = compact ? "h2" : "h1";
  return (
    <div className="grid min-w-0 gap-1.5">
      <div className="flex flex-wrap items-center gap-2 text-sm text-muted">
        <StateBadge state={message.state} />
        {message.state === "resent" && message.watchUntil !== null && <span>{t.rich("watchedUntil", { time: slot(<Time iso={message.watchUntil} />) })}</span>}
        {message.state === "queued" && message.operationId !== null && (
          <Link href={`/operations/${message.operationId}`} className="underline underline-offset-2 hover:text-ink">
            {t("itsOperation")}
          </Link>
        )}
        <span>
          {t("deathsCount", { count: message.deaths })} · <Time iso={message.lastDeathAt} />
        </span>
      </div>
      <Heading className={cx("font-semibold break-words", compact ? "line-clamp-3 text-base" : "line-clamp-4 text-xl tracking-tight")}>
        {message.errorType === null && message.errorMessage === null ? (
          t(`reason.${message.reason}`)
        ) : (
          <>
            {message.errorType !== null && <BrokerText max={200}>{message.errorType}</BrokerText>}
            {message.errorMessage !== null && (
              <span className="font-normal">
                {message.errorType !== null && ": "}
                <BrokerText max={compact ? 300 : 600}>{message.errorMessage}</BrokerText>
              </span>
            )}
          </>
        )}
      </Heading>
      <Facts message={message} compact={compact} />
      {message.state === "in_doubt" && (
        <p className="flex items-start gap-1.5 rounded bg-amber-soft px-2.5 py-1.5 text-sm text-amber">
          <CircleHelp aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <span>{t("inDoubtHelp")}</span>
        </p>
      )}
    </div>
  );
}

function Facts({ message, compact }: { message: MessageDetail; compact: boolean }) {
  const t = useTranslations("messages");
  return (
    <p className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-0.5 text-sm text-muted">
      <span className="inline-flex min-w-0 items-center gap-1" title={t("fromTo")}>
        <span className="truncate text-ink">{message.origin === null ? t("notTold") : <BrokerText max={120}>{message.origin}</BrokerText>}</span>
        <ArrowRight aria-hidden className="size-3 shrink-0" />
        <Link href={`/messages?source=${message.sourceId}`} className="truncate hover:text-ink hover:underline">
          <BrokerText max={120}>{message.source}</BrokerText>
        </Link>
      </span>
      <span className="truncate">{message.connection}</span>
      <Link href={`/groups/${message.groupId}`} className="max-w-80 truncate hover:text-ink hover:underline" title={t("itsGroup")}>
        <BrokerText max={80}>{message.group}</BrokerText>
      </Link>
      {message.key !== null && (
        <span className="inline-flex min-w-0 items-center gap-1">
          {t("keyIs")} <BrokerText mono max={80}>{message.key}</BrokerText>
        </span>
      )}
      <Bytes value={message.size} />
      {!compact && (
        <span className="inline-flex items-center gap-1">
          <code className="font-mono">{message.id}</code>
          <CopyButton text={message.id} label={t("copyId")} />
        </span>
      )}
    </p>
  );
}
