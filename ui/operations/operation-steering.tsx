"use client";

import { useMutation } from "@tanstack/react-query";
import { Ban, Gauge, Pause, Play } from "lucide-react";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { AS_FAST_AS_IT_GOES, PaceField, rateOf } from "./pace-field.tsx";
import { useRefusedText } from "./refused.tsx";
import type { OperationRow } from "./types.ts";

/** Pause, resume, another pace, cancel; each says why when it can not be done. */
export function OperationSteering({ operation }: { operation: OperationRow }) {
  const t = useTranslations("operations");
  const format = useFormatter();
  const trpc = useTRPC();
  const refusedText = useRefusedText();
  const [asking, setAsking] = useState<"cancel" | "rate" | null>(null);
  const onError = (error: unknown) => notify.failed(refusedText(error) ?? t("refused.unknown"));
  const close = { onSuccess: () => setAsking(null), onError };
  const pause = useMutation(trpc.operations.pause.mutationOptions({ onError }));
  const resume = useMutation(trpc.operations.resume.mutationOptions({ onError }));
  const cancel = useMutation(trpc.operations.cancel.mutationOptions(close));
  const setRate = useMutation(trpc.operations.setRate.mutationOptions(close));
  const { id, state, progress } = operation;
  if (operation.act !== "resend") return null;
  const over = state === "finished" ? t("alreadyFinished") : state === "cancelled" ? t("alreadyCancelled") : null;
  return (
    <>
      {state === "paused" ? (
        <Button variant="primary" busy={resume.isPending} onClick={() => resume.mutate(id)}>
          <Play aria-hidden />
          {t("resume")}
        </Button>
      ) : (
        <Button disabledReason={over} busy={pause.isPending} onClick={() => pause.mutate(id)}>
          <Pause aria-hidden />
          {t("pause")}
        </Button>
      )}
      <Button disabledReason={over} onClick={() => setAsking("rate")}>
        <Gauge aria-hidden />
        {t("changePace")}
      </Button>
      <Button disabledReason={over} onClick={() => setAsking("cancel")}>
        <Ban aria-hidden />
        {t("cancelOperation")}
      </Button>
      <ConfirmDialog
        open={asking === "cancel"}
        onOpenChange={() => setAsking(null)}
        title={t("cancelTitle")}
        description={t("cancelHelp")}
        facts={[
          { label: t("fact.calledBack"), value: format.number(progress.waiting) },
          { label: t("fact.stays"), value: format.number(operation.total - progress.waiting) },
        ]}
        confirmLabel={t("cancelConfirm", { count: progress.waiting })}
        danger
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate(id)}
      />
      {asking === "rate" && <RateDialog operation={operation} busy={setRate.isPending} onClose={() => setAsking(null)} onRate={(rate) => setRate.mutate({ id, rate })} />}
    </>
  );
}

type RateProps = { operation: OperationRow; busy: boolean; onClose: () => void; onRate: (rate: number | null) => void };

function RateDialog({ operation, busy, onClose, onRate }: RateProps) {
  const t = useTranslations("operations");
  const [typed, setTyped] = useState(operation.rate === null ? AS_FAST_AS_IT_GOES : String(operation.rate));
  const rate = rateOf(typed);
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t("changePace")}
      description={t("changePaceHelp")}
      confirmLabel={rate.value === null ? t("paceConfirmUnlimited") : t("paceConfirm", { rate: rate.value })}
      disabledReason={rate.valid ? null : t("paceInvalid")}
      busy={busy}
      onConfirm={() => onRate(rate.value)}
    >
      <PaceField value={typed} onChange={setTyped} count={operation.progress.waiting} />
    </ConfirmDialog>
  );
}
