"use client";

import { Plus, X } from "lucide-react";
import { useTranslations } from "use-intl";
import { Button } from "../../kit/button.tsx";
import { IconButton } from "../../kit/icon-button.tsx";
import { Segmented } from "../../kit/segmented.tsx";
import { SelectField } from "../../kit/select.tsx";
import { Input, TextArea } from "../../kit/text-field.tsx";
import { Field, NumberField, Section, useWrong } from "./fields.tsx";
import { lineId, type RouteDraft } from "./route-draft.ts";
import { TargetFields } from "./target-fields.tsx";

type Props = { draft: RouteDraft; onChange: (patch: Partial<RouteDraft>) => void };

const METHODS = ["POST", "PUT", "PATCH", "DELETE", "GET"];

/** Where the route delivers: an HTTP endpoint, a place on any connection, or a file of the user's. */
export function DestinationSection({ draft, onChange }: Props) {
  const t = useTranslations("routes");
  return (
    <Section title={t("form.to")} help={t(`form.toHelp.${draft.kind}`)}>
      <div>
        <Segmented
          label={t("form.kind")}
          value={draft.kind}
          onChange={(kind) => onChange({ kind })}
          options={(["http", "queue", "module"] as const).map((value) => ({ value, label: t(`form.kindOf.${value}`) }))}
        />
      </div>
      {draft.kind === "http" && <HttpFields draft={draft} onChange={onChange} />}
      {draft.kind === "queue" && <TargetFields path="destination" place={draft.place} onChange={(place) => onChange({ place })} />}
      {draft.kind === "module" && <ModuleFields draft={draft} onChange={onChange} />}
    </Section>
  );
}

function ModuleFields({ draft: { module }, onChange }: Props) {
  const t = useTranslations("routes");
  const set = (patch: Partial<RouteDraft["module"]>) => onChange({ module: { ...module, ...patch } });
  return (
    <div className="grid items-start gap-3 sm:grid-cols-2">
      <div className="sm:col-span-2">
        <Field path="destination.file" label={t("form.file")} required mono placeholder="orders/reserve.ts" help={t("form.fileHelp")} value={module.file} onChange={(file) => set({ file })} />
      </div>
      <NumberField path="destination.timeoutMs" label={t("form.timeout")} unit={t("form.seconds")} value={module.timeout} onChange={(timeout) => set({ timeout })} />
      <NumberField path="destination.memoryMb" label={t("form.memory")} unit="MB" value={module.memoryMb} onChange={(memoryMb) => set({ memoryMb })} />
    </div>
  );
}

function HttpFields({ draft: { http }, onChange }: Props) {
  const t = useTranslations("routes");
  const set = (patch: Partial<RouteDraft["http"]>) => onChange({ http: { ...http, ...patch } });
  return (
    <div className="grid gap-3">
      <div className="grid items-start gap-3 sm:grid-cols-[7rem_minmax(0,1fr)]">
        <SelectField label={t("form.method")} value={http.method} onChange={(method) => set({ method })} options={METHODS.map((value) => ({ value, label: value }))} />
        <Field path="destination.url" label={t("form.url")} required mono placeholder="https://fulfilment.example/orders/{/order/id}" help={t.rich("form.urlHelp", { pointer: () => <code className="font-mono">{"{/order/id}"}</code>, header: () => <code className="font-mono">{"{header:x-tenant}"}</code> })} value={http.url} onChange={(url) => set({ url })} />
      </div>
      <HeaderLines headers={http.headers} onChange={(headers) => set({ headers })} />
      <details className="group rounded border">
        <summary className="cursor-pointer px-3 py-1.5 font-medium -outline-offset-2 hover:bg-hover">{t("form.moreHttp")}</summary>
        <div className="grid items-start gap-3 border-t px-3 py-3 sm:grid-cols-2">
          <Field path="destination.body.pointer" label={t("form.bodyPointer")} mono placeholder="/order" help={t("form.bodyPointerHelp")} value={http.pointer} onChange={(pointer) => set({ pointer })} />
          <Lines path="destination.passHeaders" label={t("form.passHeaders")} help={t("form.passHeadersHelp")} value={http.passHeaders} onChange={(passHeaders) => set({ passHeaders })} />
          <NumberField path="destination.headTimeoutMs" label={t("form.headTimeout")} unit={t("form.seconds")} value={http.headTimeout} onChange={(headTimeout) => set({ headTimeout })} />
          <NumberField path="destination.timeoutMs" label={t("form.wholeTimeout")} unit={t("form.seconds")} value={http.timeout} onChange={(timeout) => set({ timeout })} />
          <Lines path="destination.signWith" label={t("form.signWith")} help={t("form.signWithHelp")} value={http.signWith} onChange={(signWith) => set({ signWith })} />
          <Lines path="destination.allowPrivate" label={t("form.allowPrivate")} help={t("form.allowPrivateHelp")} value={http.allowPrivate} onChange={(allowPrivate) => set({ allowPrivate })} />
          <Field path="destination.bearer" label={t("form.bearer")} mono placeholder="ROUTE_SHOP_TOKEN" help={t("form.bearerHelp")} value={http.bearer} onChange={(bearer) => set({ bearer })} />
        </div>
      </details>
    </div>
  );
}

type LinesProps = { path: string; label: string; help: string; value: string; onChange: (text: string) => void };

/** Several values, a line each; the first of them that is wrong is told. */
function Lines({ path, label, help, value, onChange }: LinesProps) {
  const errors = Array.from({ length: value.split(/[\s,]+/).length }, (_, at) => at);
  return (
    <FirstWrong paths={[path, ...errors.map((at) => `${path}.${at}`)]}>
      {(error) => <TextArea label={label} help={help} error={error} mono rows={2} spellCheck={false} value={value} onChange={(event) => onChange(event.target.value)} />}
    </FirstWrong>
  );
}

function FirstWrong({ paths, children }: { paths: readonly string[]; children: (error: string | undefined) => React.ReactNode }) {
  const [first = "", ...rest] = paths;
  const error = useWrong(first);
  if (error !== undefined || rest.length === 0) return children(error);
  return <FirstWrong paths={rest}>{children}</FirstWrong>;
}

type HeadersProps = { headers: RouteDraft["http"]["headers"]; onChange: (headers: RouteDraft["http"]["headers"]) => void };

/** Headers of the request, a line each; values may be templates. */
function HeaderLines({ headers, onChange }: HeadersProps) {
  const t = useTranslations("routes");
  const change = (id: string, patch: { name?: string; value?: string }) => onChange(headers.map((header) => (header.id === id ? { ...header, ...patch } : header)));
  return (
    <div className="grid gap-1.5" role="group" aria-label={t("form.headers")}>
      <span className="font-medium">{t("form.headers")}</span>
      {headers.map((header, at) => (
        <HeaderLine key={header.id} at={at} header={header} onChange={(patch) => change(header.id, patch)} onRemove={() => onChange(headers.filter(({ id }) => id !== header.id))} />
      ))}
      <div>
        <Button size="sm" onClick={() => onChange([...headers, { id: lineId(), name: "", value: "" }])}>
          <Plus aria-hidden />
          {t("form.addHeader")}
        </Button>
      </div>
    </div>
  );
}

type LineProps = { at: number; header: HeadersProps["headers"][number]; onChange: (patch: { name?: string; value?: string }) => void; onRemove: () => void };

function HeaderLine({ at, header, onChange, onRemove }: LineProps) {
  const t = useTranslations("routes");
  const name = useWrong(`destination.headers.${at}.name`);
  const value = useWrong(`destination.headers.${at}.value`);
  return (
    <div>
      <div className="flex items-center gap-1.5">
        <Input aria-label={t("form.headerName", { number: at + 1 })} aria-invalid={name === undefined ? undefined : true} mono className="w-2/5" placeholder="x-tenant" value={header.name} onChange={(event) => onChange({ name: event.target.value })} />
        <Input aria-label={t("form.headerValue", { number: at + 1 })} aria-invalid={value === undefined ? undefined : true} mono placeholder="{header:x-tenant}" value={header.value} onChange={(event) => onChange({ value: event.target.value })} />
        <IconButton icon={X} label={t("form.removeHeader", { number: at + 1 })} onClick={onRemove} />
      </div>
      {(name ?? value) !== undefined && (
        <p role="alert" className="text-sm text-red">
          {name ?? value}
        </p>
      )}
    </div>
  );
}
