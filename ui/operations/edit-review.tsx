"use client";

import { type ReactNode, useMemo, useState } from "react";
import { useTranslations } from "use-intl";
import { prettyJson } from "#core/json/pretty.ts";
import type { Header } from "#core/message/header.ts";
import type { SelectionPlan } from "#server/services/resend-plan.ts";
import { DiffView } from "../kit/code/code-editor.tsx";
import { Segmented } from "../kit/segmented.tsx";
import { DestinationFields } from "./destination-fields.tsx";
import type { DestinationForm } from "./destination-form.ts";
import { ReasonField } from "./discard-dialog.tsx";
import { headerLine } from "./header-line.ts";
import type { OrderPreview } from "./order-facts.tsx";
import { PlanNotes } from "./plan-notes.tsx";
import type { EditedBody } from "./use-edited-body.ts";

type Props = {
  body: EditedBody;
  /** What else is to be said of the bytes that will be sent. */
  note: ReactNode;
  before: readonly Header[];
  after: readonly Header[];
  form: DestinationForm;
  onForm: (form: DestinationForm) => void;
  plan: SelectionPlan | null;
  preview: OrderPreview | null;
  reason: string;
  onReason: (reason: string) => void;
  error: string | null;
};

const MAX_LAID_OUT = 4 * 1024 * 1024;

const lines = (headers: readonly Header[]) => headers.map(headerLine).join("\n");

/** Both bodies laid out, so that lines can be compared; null when one is no JSON or they then look the same. */
function laidOutBoth({ json, before, formatted }: EditedBody): { before: string; after: string } | null {
  const laidOut = json ? prettyJson(before, MAX_LAID_OUT) : null;
  return laidOut === null || formatted === null || laidOut === formatted ? null : { before: laidOut, after: formatted };
}

/** What was changed, side by side, and where it goes. */
export function EditReview(props: Props) {
  const t = useTranslations("operations");
  const { body } = props;
  const headersChanged = JSON.stringify(props.before) !== JSON.stringify(props.after);
  const [exact, setExact] = useState(false);
  const laidOut = useMemo(() => laidOutBoth(body), [body]);
  const compared = laidOut === null || exact ? { before: body.before, after: body.edited } : laidOut;
  const labels = { beforeLabel: t("edit.before"), afterLabel: t("edit.after") };
  return (
    <div className="grid gap-3">
      {body.warning && <p className="rounded bg-amber-soft px-2.5 py-1.5 text-sm text-amber">{body.warning}</p>}
      {body.changed && (
        <section className="grid gap-1">
          <div className="flex items-center justify-between gap-2">
            <h3 className="font-medium">{t("edit.body")}</h3>
            {laidOut !== null && (
              <Segmented
                label={t("edit.compared")}
                value={exact ? "exact" : "laidOut"}
                onChange={(value) => setExact(value === "exact")}
                options={[
                  { value: "laidOut", label: t("edit.laidOut") },
                  { value: "exact", label: t("edit.exact") },
                ]}
              />
            )}
          </div>
          <DiffView before={compared.before} after={compared.after} language={body.json ? "json" : "text"} {...labels} className="max-h-72 overflow-auto" />
          {props.note}
        </section>
      )}
      {headersChanged && (
        <section className="grid gap-1">
          <h3 className="font-medium">{t("edit.headers")}</h3>
          <DiffView before={lines(props.before)} after={lines(props.after)} {...labels} className="max-h-60 overflow-auto" />
        </section>
      )}
      <div className="grid items-start gap-4 md:grid-cols-2">
        <DestinationFields form={props.form} onChange={props.onForm} plan={props.plan} count={1} />
        <div className="grid gap-3">
          <ReasonField value={props.reason} onChange={props.onReason} required />
          <PlanNotes plan={props.plan} form={props.form} preview={props.preview} />
        </div>
      </div>
      {props.error && (
        <p role="alert" className="rounded bg-red-soft px-2.5 py-1.5 text-red">
          {props.error}
        </p>
      )}
    </div>
  );
}
