"use client";

import { keepPreviousData, skipToken, useQuery } from "@tanstack/react-query";
import { FlaskConical } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { RouteDefinition } from "#core/route/definition.ts";
import type { DryRunOrder } from "#core/route/dry-run-order.ts";
import { DELIVERY_ERROR_CODES } from "#core/route/outcome.ts";
import { Button } from "../../kit/button.tsx";
import { ErrorLine } from "../../kit/error-state.tsx";
import { Panel } from "../../kit/page.tsx";
import { SelectField } from "../../kit/select.tsx";
import { TextArea, TextField } from "../../kit/text-field.tsx";
import { useTRPC } from "../../trpc/client.tsx";
import { refusalOf } from "../../trpc/failure.ts";
import { DryRunAnswer } from "./dry-run-answer.tsx";

type Props = {
  /** Null while what is typed is not valid. */
  definition: RouteDefinition | null;
  /** Whose newest deliveries are offered as samples; null for a new route. */
  routeId: string | null;
};

type Supposing = { readonly outcome: string; readonly httpStatus: string; readonly type: string; readonly message: string; readonly tried: string };

const TYPED = "text";
const UNKNOWN = "unknown";
const EXAMPLE = '{\n  "order": { "id": "A-1001" }\n}';

/** Tries what is typed on a sample message and a supposed answer. Nothing is sent. */
export function DryRunPanel({ definition, routeId }: Props) {
  const t = useTranslations("routes");
  const trpc = useTRPC();
  const [sample, setSample] = useState(TYPED);
  const [body, setBody] = useState(EXAMPLE);
  const [headers, setHeaders] = useState("content-type: application/json");
  const [supposing, setSupposing] = useState<Supposing>({ outcome: "http_status", httpStatus: "503", type: "", message: "", tried: "1" });
  const [asked, setAsked] = useState<DryRunOrder | null>(null);
  const recent = useQuery(trpc.deliveries.list.queryOptions(routeId === null ? skipToken : { routeId }));
  const run = useQuery(trpc.routes.dryRun.queryOptions(asked ?? skipToken, { refetchInterval: false, placeholderData: keepPreviousData, meta: { live: "never" } }));
  const samples = [{ value: TYPED, label: t("dryRun.typed") }, ...(recent.data?.rows.slice(0, 20).map(({ id, key }) => ({ value: id, label: key ?? id })) ?? [])];
  const set = (patch: Partial<Supposing>) => setSupposing({ ...supposing, ...patch });
  const ask = () => definition !== null && setAsked({ definition, sample: sampleOf(sample, body, headers), supposed: supposedOf(supposing) });
  return (
    <Panel title={t("dryRun.title")}>
      <div className="grid gap-3">
        <p className="text-muted">{t("dryRun.help")}</p>
        {samples.length > 1 && <SelectField label={t("dryRun.sample")} value={sample} onChange={setSample} options={samples} />}
        {sample === TYPED && (
          <>
            <TextArea label={t("dryRun.body")} mono rows={4} spellCheck={false} value={body} onChange={(event) => setBody(event.target.value)} />
            <TextArea label={t("dryRun.headers")} help={t("dryRun.headersHelp")} mono rows={2} spellCheck={false} value={headers} onChange={(event) => setHeaders(event.target.value)} />
          </>
        )}
        <div className="grid grid-cols-2 items-start gap-3">
          <SelectField
            label={t("dryRun.suppose")}
            value={supposing.outcome}
            onChange={(outcome) => set({ outcome })}
            options={[{ value: UNKNOWN, label: t("outcome.unknown") }, ...DELIVERY_ERROR_CODES.map((code) => ({ value: code, label: t(`error.${code}`) }))]}
          />
          {supposing.outcome === "http_status" ? (
            <TextField label={t("dryRun.status")} inputMode="numeric" value={supposing.httpStatus} onChange={(event) => set({ httpStatus: event.target.value })} />
          ) : (
            <TextField label={t("dryRun.type")} mono value={supposing.type} onChange={(event) => set({ type: event.target.value })} />
          )}
          <TextField label={t("dryRun.message")} value={supposing.message} onChange={(event) => set({ message: event.target.value })} />
          <TextField label={t("dryRun.tried")} inputMode="numeric" value={supposing.tried} onChange={(event) => set({ tried: event.target.value })} />
        </div>
        <div>
          <Button disabledReason={definition === null ? t("dryRun.invalid") : null} busy={run.isFetching} onClick={ask}>
            <FlaskConical aria-hidden />
            {t("dryRun.run")}
          </Button>
        </div>
        {run.error !== null && <ErrorLine>{refusalOf(run.error)?.message}</ErrorLine>}
        {run.data !== undefined && run.error === null && <DryRunAnswer answer={run.data} />}
      </div>
    </Panel>
  );
}

function sampleOf(sample: string, body: string, headers: string): DryRunOrder["sample"] {
  if (sample !== TYPED) return { from: "delivery", id: sample };
  const lines = headers.split("\n").flatMap((line) => {
    const [, name, value] = /^\s*([^:\s][^:]*):\s*(.*)$/.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name: name.trim(), value }];
  });
  return { from: "text", body, headers: lines };
}

function supposedOf({ outcome, httpStatus, type, message, tried }: Supposing): DryRunOrder["supposed"] {
  const status = Number(httpStatus);
  const code = DELIVERY_ERROR_CODES.find((each) => each === outcome);
  return {
    status: code === undefined ? "unknown" : "refused",
    code: code ?? "timeout",
    httpStatus: code === "http_status" ? (Number.isInteger(status) && status >= 100 && status <= 599 ? status : 500) : null,
    type: code === "http_status" || type.trim() === "" ? null : type.trim(),
    message,
    tried: Math.max(1, Math.min(1_000, Math.floor(Number(tried)) || 1)),
  };
}
