"use client";

import { CircleX } from "lucide-react";
import { useTranslations } from "use-intl";
import { type DeathError, placeOf } from "#core/message/normal-form.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Stack } from "./stack.tsx";
import { CardLine, TimelineCard } from "./timeline-card.tsx";
import type { Death, MessageDetail } from "./types.ts";
import { normalOf } from "./versions.ts";

/** One death: why, where, the error with its stack, and who told so. */
export function DeathCard({ death, message }: { death: Death; message: MessageDetail }) {
  const t = useTranslations("messages");
  const normal = normalOf(death);
  const after = message.timeline.find((entry) => entry.kind === "attempt" && entry.id === death.afterAttemptId);
  const title = after?.kind === "attempt" ? t("timeline.diedAgain", { number: death.number, attempt: after.number }) : t("timeline.died", { number: death.number });
  return (
    <TimelineCard icon={CircleX} tone="red" title={title} time={death.capturedAt}>
      <CardLine label={t("fact.reason")}>
        {t(`reason.${normal.reason}`)}
        {normal.attempts !== null && <span className="text-muted"> · {t("timeline.afterAttempts", { count: normal.attempts })}</span>}
      </CardLine>
      {placeOf(normal.origin) !== null && (
        <CardLine label={t("fact.failedQueue")}>
          <BrokerText max={200}>{placeOf(normal.origin) ?? ""}</BrokerText>
        </CardLine>
      )}
      <CardLine label={t("fact.source")}>
        <BrokerText max={200}>{death.source}</BrokerText>
      </CardLine>
      <CardLine label={t("fact.rule")}>{death.rule}</CardLine>
      {normal.error === null ? <p className="text-sm text-faint italic">{t("timeline.noError")}</p> : <ErrorText error={normal.error} />}
      {normal.errorOuter !== null && (
        <details className="text-sm">
          <summary className="w-fit text-muted hover:text-ink">{t("timeline.outerError")}</summary>
          <div className="mt-1">
            <ErrorText error={normal.errorOuter} />
          </div>
        </details>
      )}
    </TimelineCard>
  );
}

function ErrorText({ error }: { error: DeathError }) {
  return (
    <div className="grid gap-1.5">
      <p className="text-sm break-words">
        {error.type !== null && (
          <span className="font-medium text-red">
            <BrokerText max={300}>{error.type}</BrokerText>
          </span>
        )}
        {error.message !== null && (
          <>
            {error.type !== null && ": "}
            <BrokerText multiline max={4_000}>{error.message}</BrokerText>
          </>
        )}
      </p>
      {error.stack !== null && error.stack !== "" && <Stack stack={error.stack} />}
    </div>
  );
}
