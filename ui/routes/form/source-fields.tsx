"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useId } from "react";
import { useTranslations } from "use-intl";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { isTaken } from "#core/config/custody.ts";
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
export type MeantQueue = { readonly kind: BrokerKind | null; readonly listed: Queue | null; readonly taken: boolean; /** In the broker's words; null where it was listed, or is no source. */ readonly typed: Readonly<Record<string, unknown>> | null };

/** What the typed queue is, as far as it is known here. */
export function useMeantQueue(source: Source): MeantQueue {
  const trpc = useTRPC();
  const { data: connections = [] } = useQuery(trpc.connections.list.queryOptions());
  const kind = connections.find(({ id }) => id === source.connectionId)?.kind ?? null;
  const { data } = useQuery({ ...trpc.queues.list.queryOptions({ connection: source.connectionId, q: source.queue.trim() || undefined, sort: "name", limit: 50 }), enabled: source.connectionId !== "", placeholderData: keepPreviousData });
  const listed = data?.rows.find(({ name, connectionId }) => name === source.queue.trim() && connectionId === source.connectionId) ?? null;
  if (listed !== null || kind === null || source.queue.trim() === "") return { kind, listed, taken: listed?.custody === "taken", typed: null };
  const read = manifests[kind].source.safeParse({ queue: source.queue.trim(), ...(kind === "rabbitmq" ? { type: source.type } : {}) });
  return { kind, listed: null, taken: read.success && isTaken(kind, read.data as never), typed: read.success ? (read.data as Record<string, unknown>) : null };
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
          onChange={(connectionId) => set({ connectionId, queue: "" })}
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
      {meant.taken && name !== "" && <Consent name={name} consent={draft.consent} onConsent={(consent) => onChange({ consent })} />}
    </>
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

function Consent({ name, consent, onConsent }: { name: string; consent: boolean; onConsent: (consent: boolean) => void }) {
  const t = useTranslations("routes");
  const wrong = useWrong("consent");
  return (
    <div className="grid gap-2 rounded bg-amber-soft px-3 py-2.5">
      <p className="flex items-start gap-1.5 text-amber">
        <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
        <span>{t("form.takenText", { name })}</span>
      </p>
      <CheckboxField checked={consent} onCheckedChange={onConsent} label={t("form.consent", { name })} />
      {wrong !== undefined && (
        <p role="alert" className="text-sm text-red">
          {wrong}
        </p>
      )}
    </div>
  );
}
