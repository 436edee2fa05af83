"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import type { Custody } from "#core/brokers/manifest.ts";
import { custodyOf } from "#core/config/custody.ts";
import { Depth } from "../../brokers/depth.tsx";
import { CheckboxField } from "../../kit/checkbox.tsx";
import { SelectField } from "../../kit/select.tsx";
import { visibleText } from "../../kit/visible-text.ts";
import { useTRPC } from "../../trpc/client.tsx";
import type { Outputs } from "../../trpc/outputs.ts";
import { Field, useWrong } from "./fields.tsx";
import type { RouteDraft } from "./route-draft.ts";

type Queue = Outputs["queues"]["list"]["rows"][number];
type Source = RouteDraft["source"];

const RABBIT_TYPES = ["classic", "quorum", "stream"] as const;

/** The queue a person means: one that is listed, or one that was only typed. */
export type MeantQueue = { readonly kind: BrokerKind | null; readonly listed: Queue | null; /** What becomes of it; null where that is not known. */ readonly custody: Custody | null; /** In the broker's words; null where it was listed, or is no source. */ readonly typed: Readonly<Record<string, unknown>> | null };

/** What the typed queue is, as far as it is known here. */
export function useMeantQueue(source: Source): MeantQueue {
  const trpc = useTRPC();
  const { data: connections = [] } = useQuery(trpc.connections.list.queryOptions());
  const kind = connections.find(({ id }) => id === source.connectionId)?.kind ?? null;
  const { data } = useQuery({ ...trpc.queues.list.queryOptions({ connection: source.connectionId, q: source.queue.trim() || undefined, sort: "name", limit: 50 }), enabled: source.connectionId !== "", placeholderData: keepPreviousData });
  const listed = data?.rows.find(({ name, connectionId }) => name === source.queue.trim() && connectionId === source.connectionId) ?? null;
  if (listed !== null || kind === null || source.queue.trim() === "") return { kind, listed, custody: listed?.custody ?? null, typed: null };
  const read = manifests[kind].source.safeParse({ queue: source.queue.trim(), ...typedMore(kind, source) });
  return { kind, listed: null, custody: read.success ? custodyOf(kind, read.data as never) : null, typed: read.success ? (read.data as Record<string, unknown>) : null };
}

/** What besides its name has to be said of a queue that is not listed. */
function typedMore(kind: BrokerKind, { type, group }: Source): Readonly<Record<string, string>> {
  if (kind === "rabbitmq") return { type };
  if (kind !== "nats" || type !== "subject") return {};
  return { mode: "subject", ...(group.trim() === "" ? {} : { group: group.trim() }) };
}

type Props = { draft: RouteDraft; meant: MeantQueue; onChange: (patch: Partial<RouteDraft>) => void };

/** Where the route reads: a connection and a queue of it, with what becomes of the queue said in plain words. */
export function SourceFields({ draft, meant, onChange }: Props) {
  const t = useTranslations("routes");
  const trpc = useTRPC();
  const list = useId();
  const { source } = draft;
  const { data: connections = [] } = useQuery(trpc.connections.list.queryOptions());
  const { data: queues } = useQuery({ ...trpc.queues.list.queryOptions({ connection: source.connectionId, q: source.queue.trim() || undefined, sort: "name", limit: 50 }), enabled: source.connectionId !== "", placeholderData: keepPreviousData });
  const unconnected = useWrong("source.connectionId");
  const set = (patch: Partial<Source>) => onChange({ source: { ...source, ...patch }, consent: false });
  const name = visibleText(source.queue.trim(), 80);
  return (
    <>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <SelectField
          label={t("form.connection")}
          required
          placeholder={t("form.chooseConnection")}
          value={source.connectionId === "" ? undefined : source.connectionId}
          error={unconnected}
          onChange={(connectionId) => set({ connectionId, queue: "", type: "classic" })}
          options={connections.map(({ id, name: label, kind }) => ({ value: id, label: visibleText(label, 80), hint: manifests[kind].label }))}
        />
        <Field path="source" label={t("form.queue")} required list={list} mono maxLength={1_024} help={<QueueNote meant={meant} />} value={source.queue} onChange={(queue) => set({ queue })} />
        <datalist id={list}>
          {queues?.rows.map(({ id, name: each }) => (
            <option key={id} value={each}>
              {each}
            </option>
          ))}
        </datalist>
      </div>
      {meant.kind === "rabbitmq" && meant.listed === null && source.queue.trim() !== "" && (
        <SelectField label={t("form.queueType")} value={source.type} onChange={(type) => set({ type })} options={RABBIT_TYPES.map((value) => ({ value, label: value }))} />
      )}
      {meant.kind === "nats" && meant.listed === null && source.queue.trim() !== "" && <NatsFields source={source} onChange={set} />}
      {(meant.custody === "taken" || meant.custody === "heard") && name !== "" && (
        <Consent custody={meant.custody} name={name} consent={draft.consent} onConsent={(consent) => onChange({ consent })} />
      )}
    </>
  );
}

function NatsFields({ source, onChange }: { source: Source; onChange: (patch: Partial<Source>) => void }) {
  const t = useTranslations("routes");
  const mode = source.type === "subject" ? "subject" : "stream";
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <SelectField label={t("form.natsRead")} value={mode} onChange={(type) => onChange({ type })} options={(["stream", "subject"] as const).map((value) => ({ value, label: t(`form.natsReadOf.${value}`) }))} />
      {mode === "subject" && <Field path="source.group" label={t("form.group")} help={t("form.groupHelp")} mono maxLength={255} value={source.group} onChange={(group) => onChange({ group })} />}
    </div>
  );
}

/** What is known of the queue that was named. */
function QueueNote({ meant: { listed, typed } }: { meant: MeantQueue }) {
  const t = useTranslations("routes");
  const queues = useTranslations("queues");
  if (listed === null) return t(typed === null ? "form.queueHelp" : "form.queueTyped");
  if (listed.route !== null) return <span className="text-red">{t("form.queueRouted", { name: visibleText(listed.route, 80) })}</span>;
  if (listed.sourceId !== null) return <span className="text-red">{t("form.queueCaptured")}</span>;
  return (
    <>
      {queues("depth")}: <Depth ready={listed.ready} kind={listed.depthKind} measuredAt={listed.measuredAt} /> · {listed.custody === "taken" ? t("form.takenShort") : t("form.copiedShort")}
    </>
  );
}

function Consent({ custody, name, consent, onConsent }: { custody: "taken" | "heard"; name: string; consent: boolean; onConsent: (consent: boolean) => void }) {
  const t = useTranslations("routes");
  const wrong = useWrong("consent");
  return (
    <div className="grid gap-2 rounded bg-amber-soft px-3 py-2.5">
      <p className="flex items-start gap-1.5 text-amber">
        <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
        <span>{t(custody === "heard" ? "form.heardText" : "form.takenText", { name })}</span>
      </p>
      <CheckboxField checked={consent} onCheckedChange={onConsent} label={t(custody === "heard" ? "form.heardConsent" : "form.consent", { name })} />
      {wrong !== undefined && (
        <p role="alert" className="text-sm text-red">
          {wrong}
        </p>
      )}
    </div>
  );
}
