"use client";

import { useTranslations } from "use-intl";
import { bytesOfBase64 } from "#core/message/bytes.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Bytes } from "../kit/num.tsx";
import { Details, type Detail } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { Stack } from "../message/stack.tsx";
import { StateBadge } from "../states/state-badge.tsx";
import { Took } from "./attempts-picture.tsx";
import { BytesView } from "./bytes-view.tsx";
import { Span } from "./retry-schedule.tsx";
import type { DeliveryAttempt } from "./types.ts";

/** All that is known of one try: who made it and why, what came of it, what was answered, and what followed by which rule. */
export function AttemptDetails({ attempt }: { attempt: DeliveryAttempt }) {
  const t = useTranslations("routes");
  const { errorCode, decision } = attempt;
  const told: Detail[] = [
    { label: t("detail.trigger"), value: t(`trigger.${attempt.trigger}`) },
    { label: t("detail.started"), value: <Time iso={attempt.startedAt} look="exact" /> },
    { label: t("detail.took"), value: <Took attempt={attempt} /> },
    { label: t("detail.worker"), value: <code className="font-mono">{visibleText(attempt.worker, 80)}</code> },
    ...(errorCode === null
      ? []
      : [{ label: t("detail.error"), value: <><code className="font-mono">{[errorCode, attempt.errorStatus, attempt.errorType].filter((part) => part !== null).join(" ")}</code>{attempt.errorMessage !== null && <>: <BrokerText max={1_000}>{attempt.errorMessage}</BrokerText></>}</> }]), // prettier-ignore
    ...(decision === null
      ? []
      : [{ label: t("detail.then"), value: <span className="flex flex-wrap items-center gap-2"><StateBadge state={decision} look="bare" />{attempt.deadCause !== null && <span className="text-muted">{t(`deadCause.${attempt.deadCause}`)}</span>}</span> }]), // prettier-ignore
    ...(attempt.decidedBy === null ? [] : [{ label: t("detail.decidedBy"), value: <DecidedBy text={attempt.decidedBy} /> }]),
    ...(attempt.nextDelayMs === null ? [] : [{ label: t("detail.wait"), value: <Span ms={attempt.nextDelayMs} /> }]),
  ];
  return (
    <div className="grid gap-3 border-t bg-surface px-3 py-3 sm:pl-9">
      <Details items={told} />
      {attempt.errorStack !== null && <Stack stack={attempt.errorStack} />}
      <Answer attempt={attempt} />
    </div>
  );
}

/** "rule 2" is one of the route's own; everything else is a line of the built-in table. */
function DecidedBy({ text }: { text: string }) {
  const t = useTranslations("routes");
  const own = /^rule (\d+)$/.exec(text)?.[1];
  return own === undefined ? (
    <>
      <code className="font-mono">{visibleText(text, 120)}</code> <span className="text-muted">{t("detail.byTable")}</span>
    </>
  ) : (
    <>{t("detail.byRule", { number: Number(own) })}</>
  );
}

function Answer({ attempt: { answerStatus, answerHeaders, answerBody, answerCut } }: { attempt: DeliveryAttempt }) {
  const t = useTranslations("routes");
  const headers = answerHeaders === null ? [] : (JSON.parse(answerHeaders) as [string, string][]);
  const bytes = answerBody === null ? new Uint8Array() : (bytesOfBase64(answerBody) ?? new Uint8Array());
  if (answerStatus === null && headers.length === 0 && bytes.length === 0) return null;
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? null;
  return (
    <section className="grid gap-2">
      <h4 className="font-semibold">
        {t("detail.answer")} {answerStatus !== null && <span className="tabular-nums">{answerStatus}</span>}
      </h4>
      {headers.length > 0 && (
        <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 font-mono text-sm">
          {headers.map(([name, value], at) => (
            <div key={at} className="contents">
              <dt className="text-muted">{visibleText(name, 100)}</dt>
              <dd className="min-w-0 break-words">
                <BrokerText max={500}>{value}</BrokerText>
              </dd>
            </div>
          ))}
        </dl>
      )}
      {bytes.length > 0 && (
        <BytesView
          bytes={bytes}
          contentType={type}
          label={t("detail.answer")}
          info={
            <>
              <Bytes value={bytes.length} />
              {answerCut === true && <> · {t("detail.cut")}</>}
            </>
          }
        />
      )}
    </section>
  );
}
