"use client";

import { useQuery } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { SelectField } from "../../kit/select.tsx";
import { visibleText } from "../../kit/visible-text.ts";
import { useTRPC } from "../../trpc/client.tsx";
import { Field, NumberField, Section, useWrong } from "./fields.tsx";
import { IN_POSTGRES, type RouteDraft } from "./route-draft.ts";

type Props = { draft: RouteDraft; onChange: (patch: Partial<RouteDraft>) => void };

const GUARDS = ["none", "broker_id", "header", "pointer", "body_hash"] as const;
const ORDERS = ["none", "key", "partition", "header", "pointer"] as const;
const REDIS = new Set<string>(["redis-list", "redis-stream"]);

/** By what two messages are the same to the route, and where that is remembered. */
export function GuardSection({ draft: { guard }, onChange }: Props) {
  const t = useTranslations("routes");
  const { data = [] } = useQuery(useTRPC().connections.list.queryOptions());
  const wrongStore = useWrong("guard.store.connectionId");
  const set = (patch: Partial<RouteDraft["guard"]>) => onChange({ guard: { ...guard, ...patch } });
  const stores = [{ value: IN_POSTGRES, label: "PostgreSQL" }, ...data.filter(({ kind }) => REDIS.has(kind)).map(({ id, name }) => ({ value: id, label: visibleText(name, 80), hint: "Redis" }))];
  return (
    <Section title={t("form.guard")} help={t("form.guardHelp")}>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <SelectField label={t("form.guardBy")} value={guard.by} onChange={(by) => set({ by })} options={GUARDS.map((value) => ({ value, label: t(`form.guardOf.${value}`) }))} />
        {guard.by === "header" && <Field path="guard.key.name" label={t("form.headerIs")} required mono placeholder="message-id" value={guard.name} onChange={(name) => set({ name })} />}
        {guard.by === "pointer" && <Field path="guard.key.pointer" label={t("form.pointerIs")} required mono placeholder="/order/id" help={t("form.pointerHelp")} value={guard.pointer} onChange={(pointer) => set({ pointer })} />}
        {guard.by !== "none" && (
          <>
            <SelectField label={t("form.guardStore")} error={wrongStore} value={guard.store} onChange={(store) => set({ store })} options={stores} />
            <NumberField path="guard.ttlSeconds" label={t("form.guardTtl")} unit={t("form.seconds")} help={t("form.guardTtlHelp")} value={guard.ttl} onChange={(ttl) => set({ ttl })} />
            <SelectField label={t("form.guardMissing")} value={guard.missing} onChange={(missing) => set({ missing })} options={(["pass", "dead"] as const).map((value) => ({ value, label: t(`form.missing.${value}`) }))} />
          </>
        )}
      </div>
    </Section>
  );
}

/** In which order messages go. */
export function OrderSection({ draft: { ordered }, onChange }: Props) {
  const t = useTranslations("routes");
  const set = (patch: Partial<RouteDraft["ordered"]>) => onChange({ ordered: { ...ordered, ...patch } });
  return (
    <Section title={t("form.order")} help={t("form.orderHelp")}>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        <SelectField label={t("form.orderBy")} value={ordered.by} onChange={(by) => set({ by })} options={ORDERS.map((value) => ({ value, label: t(`form.orderOf.${value}`) }))} />
        {ordered.by === "header" && <Field path="ordered.name" label={t("form.headerIs")} required mono placeholder="x-customer" value={ordered.name} onChange={(name) => set({ name })} />}
        {ordered.by === "pointer" && <Field path="ordered.pointer" label={t("form.pointerIs")} required mono placeholder="/customer/id" help={t("form.pointerHelp")} value={ordered.pointer} onChange={(pointer) => set({ pointer })} />}
      </div>
    </Section>
  );
}
