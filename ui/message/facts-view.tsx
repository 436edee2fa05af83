"use client";

import type { ReactNode } from "react";
import { useTranslations } from "use-intl";
import { placeOf, type Origin } from "#core/message/normal-form.ts";
import type { Native } from "#core/message/raw.ts";
import { BrokerText } from "../kit/broker-text.tsx";
import { CopyButton } from "../kit/copy-button.tsx";
import { type Detail, Details, Panel } from "../kit/page.tsx";
import { Time } from "../kit/time.tsx";
import type { Death, MessageDetail } from "./types.ts";
import { nativeOf, normalOf } from "./versions.ts";

type Props = { death: Death; message: MessageDetail };

/** What Redrive read out of a death, and what the broker said; what is missing is said to be missing. */
export function FactsView({ death, message }: Props) {
  const t = useTranslations("messages");
  const normal = normalOf(death);
  const native = nativeOf(death);
  const origin = normal.origin;
  const consumer = Object.entries(normal.consumer);
  const text = (value: string | number | null | undefined): ReactNode => <Told value={value} />;
  const time = (iso: string | null): ReactNode => (iso === null ? <Told value={null} /> : <Time iso={iso} look="exact" />);
  const key = normal.key === null ? null : "utf8" in normal.key ? normal.key.utf8 : `base64:${normal.key.base64}`;
  const items: Detail[] = [
    { label: t("fact.rule"), value: death.rule },
    { label: t("fact.reason"), value: <>{t(`reason.${normal.reason}`)} {normal.reasonRaw !== null && <span className="text-muted">(<BrokerText mono max={80}>{normal.reasonRaw}</BrokerText>)</span>}</> },
    { label: t("fact.failedQueue"), value: text(placeOf(origin)) },
    ...placeItems(origin, t),
    { label: t("fact.attempts"), value: text(normal.attempts) },
    { label: t("fact.firstFailed"), value: time(normal.firstFailedAt) },
    { label: t("fact.lastFailed"), value: time(normal.lastFailedAt) },
    { label: t("fact.captured"), value: <Time iso={death.capturedAt} look="exact" /> },
    { label: t("fact.key"), value: text(key) },
    { label: t("fact.originalId"), value: text(normal.originalMessageId) },
    { label: t("fact.sentFirst"), value: time(normal.originalTimestamp) },
    { label: t("fact.correlationId"), value: text(normal.correlationId) },
    { label: t("fact.traceId"), value: text(normal.traceId) },
    { label: t("fact.consumer"), value: consumer.length === 0 ? <Told value={null} /> : <Pairs pairs={consumer} /> },
  ];
  return (
    <div className="scroll-thin grid h-full auto-rows-max content-start gap-3 overflow-auto p-3">
      <Panel title={t("fact.told")}>
        <Details items={items} />
      </Panel>
      <Panel title={t("fact.native")}>
        {native === null ? <span className="text-muted">{t("headers.tooLong")}</span> : <Pairs pairs={nativePairs(native)} />}
      </Panel>
      <Panel title={t("fact.here")}>
        <Details
          items={[
            { label: t("fact.messageId"), value: <Id id={message.id} /> },
            { label: t("fact.deathId"), value: <Id id={death.id} /> },
            { label: t("fact.redrives"), value: message.redrives },
            { label: t("fact.firstCaptured"), value: <Time iso={message.capturedAt} look="exact" /> },
            { label: t("fact.changed"), value: <Time iso={message.changedAt} look="exact" /> },
          ]}
        />
      </Panel>
    </div>
  );
}

/** Where a producer sent it, in the words of the broker: an exchange, a topic, a subject. */
function placeItems(origin: Origin | null, t: ReturnType<typeof useTranslations<"messages">>): Detail[] {
  const text = (value: string | undefined): ReactNode => <Told value={value} />;
  const items: Detail[] = [];
  if (origin === null || origin.kind === "rabbitmq")
    items.push(
      { label: t("fact.exchange"), value: origin?.exchange === "" ? t("fact.defaultExchange") : text(origin?.exchange) },
      { label: t("fact.routingKey"), value: text(origin?.routingKeys?.join(", ") ?? origin?.routingKey) },
    );
  if (origin?.topic !== undefined) items.push({ label: t("fact.topic"), value: text(origin.topic) });
  if (origin?.subject !== undefined) items.push({ label: t("fact.subject"), value: text(origin.subject) });
  if (origin?.stream !== undefined) items.push({ label: t("fact.stream"), value: text(origin.stream) });
  const position = origin?.offset === undefined ? (origin?.sequence ?? origin?.entryId) : [origin.partition, origin.offset].filter(Boolean).join(" / ");
  if (position !== undefined) items.push({ label: t("fact.position"), value: text(position) });
  return items;
}

/** A value, or that the message does not tell it. */
function Told({ value }: { value: string | number | null | undefined }) {
  const t = useTranslations("messages");
  if (value === null || value === undefined) return <span className="text-faint italic">{t("notTold")}</span>;
  if (typeof value === "number") return value;
  return (
    <BrokerText mono max={1_000}>
      {value}
    </BrokerText>
  );
}

function Id({ id }: { id: string }) {
  return (
    <span className="inline-flex items-center gap-1">
      <code className="font-mono text-sm">{id}</code>
      <CopyButton text={id} />
    </span>
  );
}

function Pairs({ pairs }: { pairs: readonly (readonly [string, string])[] }) {
  return (
    <Details
      items={pairs.map(([name, value]) => ({
        label: <BrokerText mono max={80}>{name}</BrokerText>,
        value: <Told value={value} />,
      }))}
    />
  );
}

/** The broker's own words, properties last. */
function nativePairs(native: Native): [string, string][] {
  const { properties, ...rest } = "properties" in native ? native : { ...native, properties: {} };
  const lines = (object: object, within = ""): [string, string][] =>
    Object.entries(object).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      if (Array.isArray(value)) return [[within + name, JSON.stringify(value)]];
      return typeof value === "object" ? lines(value, `${within}${name}.`) : [[within + name, String(value)]];
    });
  return [...lines(rest), ...lines(properties)];
}
