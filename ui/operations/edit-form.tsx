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
import { BodyFormChoice, SentBytes, type BodyForm, type EditableDecoded } from "./edit-decoded.tsx";
import { EditBody } from "./edit-body.tsx";
import { EditHeaders } from "./edit-headers.tsx";
import { EditReview } from "./edit-review.tsx";
import { useEncoding } from "./use-encoding.ts";
import { useEditedBody } from "./use-edited-body.ts";
import { useOrder, useSelectionPlan } from "./use-order.ts";

type Props = {
  messageId: string;
  deathId: string;
  contentType: string | null;
  bytes: Uint8Array;
  /** The decoded form, or why it is not offered; null where it could not be told. */
  decoded: EditableDecoded | null;
  headers: readonly Header[];
  onClose: () => void;
  onOrdered?: ((operationId: string) => void) | undefined;
};

/** First the edit, then the difference with destination and reason: nobody sends what they have not seen compared. */
export function EditForm({ messageId, deathId, contentType, bytes, decoded, headers: original, onClose, onOrdered }: Props) {
  const t = useTranslations("operations");
  const [step, setStep] = useState<"edit" | "review">("edit");
  const [tab, setTab] = useState<"body" | "headers">("body");
  const [headers, setHeaders] = useState(original);
  const [form, setForm] = useState<DestinationForm>(FAILED_QUEUE);
  const [reason, setReason] = useState("");
  const offered = decoded?.content ?? null;
  const [bodyForm, setBodyForm] = useState<BodyForm>(offered === null ? "raw" : "decoded");
  const raw = useEditedBody(bytes, contentType);
  const inner = useEditedBody(bytes, contentType, offered);
  const body = bodyForm === "decoded" ? inner : raw;
  const encoding = useEncoding(messageId, deathId);
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
  // what was not edited goes out as it came, whatever form it was looked at in
  const sent = body.content !== null ? encoding.bytes : body.changed ? body.bytes : bytes;
  const give = () => {
    if (destination === null || sent === null) return;
    order.give({ destination, reason: reason.trim(), edit: { deathId, bodyBase64: base64Of(sent), headers: JSON.stringify(headers) } });
  };
  const review = () => {
    if (body.content === null) setStep("review");
    else encoding.encode(body.content, () => setStep("review"));
  };
  const gone = order.preview !== null && order.preview.count === 0 ? t("edit.movedOn") : null;
  const footer =
    step === "edit" ? (
      <>
        <Button onClick={onClose}>{t("edit.close")}</Button>
        <Button variant="primary" busy={encoding.pending} disabledReason={body.fault ?? nameless ?? (unchanged ? t("edit.unchanged") : null)} onClick={review}>
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
              { value: "body", label: t("edit.body"), content: <EditBody key={bodyForm} body={body} choice={<BodyFormChoice decoded={decoded} form={bodyForm} onForm={setBodyForm} />} error={encoding.error} /> },
              { value: "headers", label: t("edit.headers"), count: headers.length, content: <EditHeaders headers={headers} onChange={setHeaders} /> },
            ]}
          />
        </div>
      ) : (
        <EditReview
          body={body}
          note={body.content === null ? null : <SentBytes before={bytes} sent={sent} anew={decoded?.anew ?? []} />}
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
