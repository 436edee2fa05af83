"use client";

import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState, type ReactNode } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { DeadLetterSign } from "#core/brokers/adapter.ts";
import { manifests } from "#core/brokers/index.ts";
import { DEPTH_STALE_MS } from "#core/freshness.ts";
import { Age } from "../brokers/age.tsx";
import { ConnectionState } from "../brokers/connection-state.tsx";
import { Depth } from "../brokers/depth.tsx";
import { useRefusal } from "../brokers/use-refusal.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { Button, ButtonLink } from "../kit/button.tsx";
import { Drawer } from "../kit/drawer.tsx";
import { EmptyState } from "../kit/empty-state.tsx";
import { Num } from "../kit/num.tsx";
import { Details } from "../kit/page.tsx";
import { BarTrend } from "../kit/spark.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { CaptureDialog } from "./capture-dialog.tsx";
import type { Queue } from "./queue-columns.tsx";
import { QueueReaders } from "./queue-readers.tsx";

type Props = { id: string; queue: Queue | null; onClose: () => void };

/** What is known of one queue, why it looks like a dead-letter queue, and the way to capture it. */
export function QueueDrawer({ id, queue, onClose }: Props) {
  const t = useTranslations("queues");
  return (
    <Drawer open onOpenChange={onClose} title={queue === null ? t("queue") : <BrokerText max={200}>{queue.name}</BrokerText>}>
      {queue === null ? <EmptyState title={t("notListed")}>{t("notListedHelp")}</EmptyState> : <Known key={id} queue={queue} />}
    </Drawer>
  );
}

function Known({ queue }: { queue: Queue }) {
  const t = useTranslations("queues");
  const format = useFormatter();
  const trpc = useTRPC();
  const trend = useQuery(trpc.queues.trends.queryOptions([queue.id], { meta: { live: "slow" } }));
  const points = trend.data?.[0]?.points ?? [];
  const known = points.filter((point) => point !== null);
  return (
    <div className="grid gap-5 p-4">
      <div className="flex items-end justify-between gap-4">
        <div>
          <div className="text-muted">{t("depth")}</div>
          <Depth ready={queue.ready} kind={queue.depthKind} measuredAt={queue.measuredAt} className="text-2xl font-semibold tracking-tight" />
          <div className="text-sm text-muted">
            {t(`depthKind.${queue.depthKind}`)} · <Age iso={queue.measuredAt} limitMs={DEPTH_STALE_MS} words />
          </div>
          {queue.place !== null && queue.place !== "set" && <div className="text-sm text-muted">{t(`ownPlace.${queue.place}`)}</div>}
        </div>
        {known.length > 1 && (
          <figure>
            <BarTrend values={points} width={300} height={56} label={t("trend", { now: queue.ready === null ? t("unknown") : format.number(queue.ready) })} />
            <figcaption className="mt-0.5 flex justify-between text-xs text-muted">
              <span>{t("hourAgo")}</span>
              <span>{t("highest", { count: Math.max(...known) })}</span>
              <span>{t("now")}</span>
            </figcaption>
          </figure>
        )}
      </div>
      <CaptureState queue={queue} />
      <Details
        items={[
          { label: t("connection"), value: <Connection queue={queue} /> },
          { label: t("type"), value: <BrokerText>{queue.type}</BrokerText> },
          { label: t("inFlight"), value: <Num value={queue.inFlight} /> },
          { label: t("consumers"), value: <Num value={queue.consumers} /> },
          { label: t("custody"), value: t(`custodyOf.${queue.custody}`) },
        ]}
      />
      <Signs signs={queue.deadLetterSigns} />
      {queue.readers !== null && <QueueReaders readers={queue.readers} asOf={queue.discoveredAt} />}
      {queue.warnings.length > 0 && (
        <Section title={t("warningsTitle")}>
          {queue.warnings.map((warning) => (
            <li key={warning} className="flex items-start gap-1.5">
              <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0 text-amber" />
              <BrokerText>{warning}</BrokerText>
            </li>
          ))}
        </Section>
      )}
    </div>
  );
}

function Connection({ queue }: { queue: Queue }) {
  return (
    <span className="flex flex-wrap items-center gap-2">
      {queue.connection}
      <span className="text-muted">{manifests[queue.kind].label}</span>
      <ConnectionState state={queue.connectionState} />
    </span>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="mb-1 font-semibold">{title}</h3>
      <ul className="grid gap-1">{children}</ul>
    </section>
  );
}

function Signs({ signs }: { signs: readonly DeadLetterSign[] }) {
  const t = useTranslations("queues");
  return (
    <Section title={t("signs")}>
      {signs.length === 0 && <li className="text-muted">{t("noSigns")}</li>}
      {signs.map((sign, at) => (
        <li key={at}>
          {sign.sign === "target_of" ? t("sign.target_of", { queue: visibleText(sign.queue) }) : t(`sign.${sign.sign}`)}
        </li>
      ))}
    </Section>
  );
}

const captureStateOf = (queue: Queue): "paused" | "captured" | "faulty" =>
  queue.capturing !== true ? "paused" : queue.captureFault === null ? "captured" : "faulty";

function CaptureState({ queue }: { queue: Queue }) {
  const t = useTranslations("queues");
  const [asking, setAsking] = useState(false);
  const refusal = useRefusal("admin");
  if (queue.routeId !== null)
    return (
      <div className="flex flex-wrap items-center gap-2 rounded border bg-sunken px-3 py-2">
        <span className="min-w-0 flex-1 break-words">{t("captureState.routed", { name: visibleText(queue.route ?? "", 80) })}</span>
        <ButtonLink size="sm" href={`/routes/${queue.routeId}`}>
          {t("toRoute")}
        </ButtonLink>
      </div>
    );
  if (queue.sourceId !== null)
    return (
      <div className="flex flex-wrap items-center gap-2 rounded border bg-sunken px-3 py-2">
        <span className="flex-1">{t(`captureState.${captureStateOf(queue)}`)}</span>
        <ButtonLink size="sm" href="/queues?view=captured">
          {t("toCaptured")}
        </ButtonLink>
        <ButtonLink size="sm" href={`/messages?source=${queue.sourceId}`}>
          {t("toMessages")}
        </ButtonLink>
      </div>
    );
  return (
    <div className="flex flex-wrap items-center gap-2 rounded border bg-sunken px-3 py-2">
      <span className="flex-1">{t("isNotCaptured")}</span>
      <Button variant="primary" disabledReason={refusal ?? (queue.goneAt === null ? null : t("goneHelp"))} onClick={() => setAsking(true)}>
        {t("captureIt")}
      </Button>
      {asking && <CaptureDialog queue={queue} onClose={() => setAsking(false)} />}
    </div>
  );
}
