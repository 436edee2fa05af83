"use client";

import { CircleHelp, CircleX, type LucideIcon, Route, Send, SendHorizontal } from "lucide-react";
import Link from "next/link";
import { useTranslations } from "use-intl";
import type { Place } from "#core/message/normal-form.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Duration } from "../kit/time.tsx";
import type { Tone } from "../kit/tone.ts";
import { visibleText } from "../kit/visible-text.ts";
import { targetText } from "../operations/target-text.ts";
import { CardLine, TimelineCard } from "./timeline-card.tsx";
import type { Attempt, MessageDetail } from "./types.ts";

const FACES: Record<NonNullable<Attempt["outcome"]> | "open", { tone: Tone; icon: LucideIcon }> = {
  open: { tone: "blue", icon: SendHorizontal },
  confirmed: { tone: "teal", icon: Send },
  refused: { tone: "red", icon: CircleX },
  unknown: { tone: "amber", icon: CircleHelp },
};

/** One try to publish: where to, by whose order, and the broker's verdict. */
export function AttemptCard({ attempt, message }: { attempt: Attempt; message: MessageDetail }) {
  const t = useTranslations("messages");
  const outcome = attempt.outcome ?? "open";
  const { tone, icon } = FACES[outcome];
  const target = attempt.target === null ? null : (JSON.parse(attempt.target) as Place);
  const edit = message.timeline.find((entry) => entry.kind === "edit" && entry.id === attempt.revisionId);
  const took = attempt.finishedAt === null ? null : Date.parse(attempt.finishedAt) - Date.parse(attempt.startedAt);
  return (
    <TimelineCard
      icon={icon}
      tone={tone}
      title={t("timeline.attempt", { number: attempt.number, outcome: t(`outcome.${outcome}`) })}
      time={attempt.startedAt}
      aside={took !== null && took >= 0 && <Duration ms={took} className="text-sm text-faint" />}
    >
      <CardLine label={t("fact.to")}>{target === null ? <span className="text-muted">{t("timeline.noTarget")}</span> : <To place={target} />}</CardLine>
      <CardLine label={t("fact.order")}>
        <Link href={`/operations/${attempt.operationId}`} className="underline decoration-line-strong underline-offset-2 hover:text-accent-text">
          {attempt.actor === null ? t("timeline.operation") : t("timeline.orderOf", { actor: visibleText(attempt.actor, 60) })}
        </Link>
        {edit?.kind === "edit" && <span className="text-muted"> · {t("version.edit", { number: edit.number })}</span>}
      </CardLine>
      {attempt.faultCode !== null && (
        <CardLine label={t("fact.fault")}>
          <code className="font-mono">{attempt.faultCode}</code>
          {attempt.faultDetail !== null && (
            <span>
              {": "}
              <BrokerText max={1_000}>{attempt.faultDetail}</BrokerText>
            </span>
          )}
        </CardLine>
      )}
      {attempt.receipt !== null && (
        <CardLine label={t("fact.receipt")}>
          <BrokerText mono max={200}>{attempt.receipt}</BrokerText>
        </CardLine>
      )}
      <CardLine label={t("fact.worker")}>
        <code className="font-mono">{visibleText(attempt.worker, 80)}</code>
      </CardLine>
    </TimelineCard>
  );
}

function To({ place }: { place: Place }) {
  if (place.kind !== "route") return <span className="font-mono">{targetText(place)}</span>;
  return (
    <Link href={`/routes/${place.routeId}`} className="inline-flex items-center gap-1.5 underline decoration-line-strong underline-offset-2 hover:text-accent-text">
      <Route aria-hidden className="size-3.5 text-muted" />
      {targetText(place)}
    </Link>
  );
}
