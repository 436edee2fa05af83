"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { Depth } from "../brokers/depth.tsx";
import { CheckboxField } from "../kit/checkbox.tsx";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { Num } from "../kit/num.tsx";
import { notify } from "../kit/toast.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { Queue } from "./queue-columns.tsx";
import { WatchField } from "./watch-field.tsx";

/** Asks, in plain words, before a queue is captured: what becomes of what is in it, and who else loses sight of it. */
export function CaptureDialog({ queue, onClose }: { queue: Queue; onClose: () => void }) {
  const t = useTranslations("queues");
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [consent, setConsent] = useState(false);
  const [watchSeconds, setWatchSeconds] = useState(300);
  const name = visibleText(queue.name, 80);
  const taken = queue.custody === "taken";
  const capture = useMutation(
    trpc.sources.capture.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries();
        notify.done(t("captureBegun", { name }), { description: t("captureBegunHelp") });
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t("captureTitle", { name })}
      facts={[
        { label: t("connection"), value: queue.connection },
        { label: t("depth"), value: <Depth ready={queue.ready} kind={queue.depthKind} measuredAt={queue.measuredAt} /> },
        { label: t("consumers"), value: <Num value={queue.consumers} /> },
      ]}
      confirmLabel={t("captureConfirm", { name })}
      disabledReason={taken && !consent ? t("consentFirst") : null}
      busy={capture.isPending}
      error={refusalOf(capture.error)?.message}
      onConfirm={() => capture.mutate({ queueId: queue.id, consent, watchSeconds })}
    >
      <p>{taken ? t("takenText", { name }) : t("copiedText", { name })}</p>
      {taken && (
        <ul className="grid list-disc gap-1 pl-5">
          <li>{t("takenCopy")}</li>
          <li>{t("takenAlarms")}</li>
          <li>{t("takenPause")}</li>
        </ul>
      )}
      {queue.deadLetterSigns.length === 0 && <Warning>{t("notDeadWarning", { name })}</Warning>}
      {(queue.consumers ?? 0) > 0 && <Warning>{t("consumersWarning", { count: queue.consumers ?? 0 })}</Warning>}
      <WatchField value={watchSeconds} onChange={setWatchSeconds} />
      {taken && <CheckboxField checked={consent} onCheckedChange={setConsent} label={t("consent", { name })} />}
    </ConfirmDialog>
  );
}

function Warning({ children }: { children: string }) {
  return (
    <p className="flex items-start gap-1.5 rounded bg-amber-soft px-2.5 py-1.5 text-amber">
      <TriangleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
      <span>{children}</span>
    </p>
  );
}
