"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Play } from "lucide-react";
import { useTranslations } from "use-intl";
import { Fault } from "../brokers/fault.tsx";
import { Notices } from "../brokers/notices.tsx";
import { useRefusal } from "../brokers/use-refusal.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Button, ButtonLink } from "../kit/button.tsx";
import { Drawer } from "../kit/drawer.tsx";
import { ErrorLine } from "../kit/error-state.tsx";
import { Num } from "../kit/num.tsx";
import { Details } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { SourceState, type Source } from "./source-columns.tsx";
import { useSpanWords, WatchField } from "./watch-field.tsx";

/** One source: its capture can be paused and resumed, its watch window set; who agreed to it is told. */
export function SourceDrawer({ source, onClose }: { source: Source; onClose: () => void }) {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const queries = useQueryClient();
  const span = useSpanWords();
  const again = { onSettled: () => queries.invalidateQueries() };
  const pause = useMutation(trpc.sources.pause.mutationOptions(again));
  const resume = useMutation(trpc.sources.resume.mutationOptions(again));
  const watch = useMutation(trpc.sources.setWatch.mutationOptions(again));
  const refusal = useRefusal("operator") ?? (source.managedBy === "file" ? t("sourceFromFile") : source.routeId === null ? null : t("routeSteers"));
  const failed = refusalOf(pause.error ?? resume.error ?? watch.error);
  return (
    <Drawer open onOpenChange={onClose} title={<BrokerText max={200}>{source.name}</BrokerText>}>
      <div className="grid gap-5 p-4">
        <div className="flex flex-wrap items-center gap-2">
          <SourceState source={source} />
          <span className="flex-1" />
          {source.routeId !== null && <ButtonLink href={`/routes/${source.routeId}`}>{t("toRoute")}</ButtonLink>}
          <ButtonLink href={`/messages?source=${source.id}`}>{t("toMessages")}</ButtonLink>
          {source.capturing ? (
            <Button busy={pause.isPending} disabledReason={refusal} onClick={() => pause.mutate(source.id)}>
              <Pause aria-hidden />
              {t("pause")}
            </Button>
          ) : (
            <Button variant="primary" busy={resume.isPending} disabledReason={refusal} onClick={() => resume.mutate(source.id)}>
              <Play aria-hidden />
              {t("resume")}
            </Button>
          )}
        </div>
        {failed !== null && <ErrorLine>{failed.message}</ErrorLine>}
        {source.faultCode !== null && <Fault code={source.faultCode} detail={source.faultDetail} since={source.faultAt} />}
        {source.noticedAt !== null && <Notices sourceId={source.id} />}
        <Details
          items={[
            { label: t("connection"), value: source.connection },
            { label: t("capturedCount"), value: <Num value={source.captured} /> },
            { label: t("open"), value: <Num value={source.open.count} kind={source.open.capped ? "at_least" : "exact"} /> },
            { label: t("lastCaptured"), value: <Time iso={source.lastCapturedAt} /> },
            { label: t("custody"), value: t(`custodyOf.${source.custody}`) },
            { label: t("consentBy"), value: <Consent source={source} /> },
          ]}
        />
        {refusal === null ? (
          <WatchField value={source.watchSeconds} onChange={(watchSeconds) => watch.mutate({ id: source.id, watchSeconds })} />
        ) : (
          <Details items={[{ label: t("watch"), value: span(source.watchSeconds) }]} />
        )}
      </div>
    </Drawer>
  );
}

function Consent({ source }: { source: Source }) {
  const t = useTranslations("queues");
  if (source.consentBy === null) return source.custody === "copied" ? t("consentNotNeeded") : t("consentUnknown");
  return (
    <>
      {source.consentBy} · <Time iso={source.consentAt} />
    </>
  );
}
