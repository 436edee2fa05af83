"use client";

import { useState } from "react";
import { useTranslations } from "use-intl";
import { base64Of } from "#core/message/edit-text.ts";
import type { Header } from "#core/message/header.ts";
import { Button } from "../kit/button.tsx";
import { Dialog } from "../kit/dialog.tsx";
import { Tabs } from "../kit/tabs.tsx";
import { destinationOf, FAILED_QUEUE, type DestinationForm } from "./destination-form.ts";
import { useDestinationWords } from "./destination-words.ts";
import { EditBody } from "./edit-body.tsx";
import { EditHeaders } from "./edit-headers.tsx";
import { EditReview } from "./edit-review.tsx";
import { useEditedBody } from "./use-edited-body.ts";
import { useOrder, useSelectionPlan } from "./use-order.ts";

type Props = {
  messageId: string;
  deathId: string;
  contentType: string | null;
  bytes: Uint8Array;
  headers: readonly Header[];
  onClose: () => void;
  onOrdered?: ((operationId: string) => void) | undefined;
};

/** First the edit, then the difference with destination and reason: nobody sends what they have not seen compared. */
export function EditForm({ messageId, deathId, contentType, bytes, headers: original, onClose, onOrdered }: Props) {
  const t = useTranslations("operations");
  const [step, setStep] = useState<"edit" | "review">("edit");
  const [tab, setTab] = useState<"body" | "headers">("body");
  const [headers, setHeaders] = useState(original);
  const [form, setForm] = useState<DestinationForm>(FAILED_QUEUE);
  const [reason, setReason] = useState("");
  const body = useEditedBody(bytes, contentType);
  const selection = { by: "ids" as const, ids: [messageId] };
  const plan = useSelectionPlan(selection);
  const order = useOrder("resend", selection, (id) => {
    onOrdered?.(id);
    onClose();
  });
  const words = useDestinationWords(form, plan.data ?? null, order.preview);
  const headersChanged = JSON.stringify(headers) !== JSON.stringify(original);
  const unchanged = !body.changed && !headersChanged;
  const nameless = headers.some(({ name }) => name === "") ? t("edit.nameMissing") : null;
  const destination = destinationOf(form);
  const give = () => {
    if (destination === null || body.bytes === null) return;
    order.give({ destination, reason: reason.trim(), edit: { deathId, bodyBase64: base64Of(body.bytes), headers: JSON.stringify(headers) } });
  };
  const gone = order.preview !== null && order.preview.count === 0 ? t("edit.movedOn") : null;
  const footer =
    step === "edit" ? (
      <>
        <Button onClick={onClose}>{t("edit.close")}</Button>
        <Button variant="primary" disabledReason={body.fault ?? nameless ?? (unchanged ? t("edit.unchanged") : null)} onClick={() => setStep("review")}>
          {t("edit.review")}
        </Button>
      </>
    ) : (
      <>
        <Button onClick={() => setStep("edit")}>{t("edit.back")}</Button>
        <Button
          variant="primary"
          busy={order.ordering}
          disabledReason={gone ?? words.blocked ?? (order.preview === null ? t("counting") : reason.trim() === "" ? t("reasonFirst") : null)}
          onClick={give}
        >
          {t("edit.confirm", { where: words.where })}
        </Button>
      </>
    );
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title={t("edit.title")} description={t(`edit.${step}Help`)} width="lg" footer={footer}>
      {step === "edit" ? (
        <div className="flex h-[58vh] flex-col">
          <Tabs
            label={t("edit.title")}
            value={tab}
            onChange={setTab}
            tabs={[
              { value: "body", label: t("edit.body"), content: <EditBody body={body} /> },
              { value: "headers", label: t("edit.headers"), count: headers.length, content: <EditHeaders headers={headers} onChange={setHeaders} /> },
            ]}
          />
        </div>
      ) : (
        <EditReview
          body={body}
          before={original}
          after={headers}
          form={form}
          onForm={setForm}
          plan={plan.data ?? null}
          preview={order.preview}
          reason={reason}
          onReason={setReason}
          error={order.error}
        />
      )}
    </Dialog>
  );
}
