"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CircleX, RotateCw } from "lucide-react";
import { useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import type { DeliveryErrorCode } from "#core/route/outcome.ts";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Button } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { TextArea } from "../kit/text-field.tsx";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";

type Filter = { readonly routeId: string; readonly state: "pending" | "retrying"; readonly error?: DeliveryErrorCode };

/** Giving up more than this wants the number typed. */
const TYPED_FROM = 10;

/** Retry or give up all that wait in a state. What is counted when the dialog opens is what is acted on. */
export function SteerAll({ filter }: { filter: Filter }) {
  const t = useTranslations("routes");
  const refusal = useRefusal("operator");
  const [asking, setAsking] = useState<"retry" | "giveUp" | null>(null);
  return (
    <>
      <Button disabledReason={refusal} onClick={() => setAsking("retry")}>
        <RotateCw aria-hidden />
        {t("deliveries.retryAll")}
      </Button>
      <Button disabledReason={refusal} onClick={() => setAsking("giveUp")}>
        <CircleX aria-hidden />
        {t("deliveries.giveUpAll")}
      </Button>
      {asking === "retry" && <RetryAll filter={filter} onClose={() => setAsking(null)} />}
      {asking === "giveUp" && <GiveUpAll filter={filter} onClose={() => setAsking(null)} />}
    </>
  );
}

type DialogProps = { filter: Filter; onClose: () => void };

/** Counted once: it stands still while the person looks at it. */
const STILL = { staleTime: Infinity, gcTime: 0, refetchInterval: false, refetchOnWindowFocus: false, refetchOnReconnect: false, meta: { live: "never" } } as const;

function useCounted(filter: Filter) {
  const t = useTranslations("routes");
  const format = useFormatter();
  const { data, error } = useQuery(useTRPC().deliveries.preview.queryOptions(filter, STILL));
  const many = data === undefined ? "…" : data.capped ? t("steer.many", { count: format.number(data.count) }) : format.number(data.count);
  return { data, many, error: refusalOf(error)?.message };
}

function RetryAll({ filter, onClose }: DialogProps) {
  const t = useTranslations("routes");
  const states = useTranslations("states");
  const queries = useQueryClient();
  const counted = useCounted(filter);
  const retry = useMutation(
    useTRPC().deliveries.retryNow.mutationOptions({
      onSuccess: ({ count }) => {
        notify.done(t("steer.retried", { count }));
        onClose();
      },
      onSettled: () => queries.invalidateQueries(),
    }),
  );
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t("steer.retryTitle", { count: counted.many, state: states(`name.${filter.state}`) })}
      description={t("steer.retryHelp")}
      confirmLabel={t("steer.retryConfirm", { count: counted.many })}
      disabledReason={counted.data === undefined ? t("steer.counting") : null}
      busy={retry.isPending}
      error={refusalOf(retry.error)?.message ?? counted.error}
      onConfirm={() => counted.data !== undefined && retry.mutate({ ...filter, asOf: counted.data.asOf })}
    />
  );
}

function GiveUpAll({ filter, onClose }: DialogProps) {
  const { data, error } = useCounted(filter);
  const asOf = data?.asOf;
  return <GiveUpDialog which={asOf === undefined ? null : { ...filter, asOf }} count={data?.count ?? 0} capped={data?.capped ?? false} error={error} onClose={onClose} />;
}

type GiveUpProps = {
  /** Null while it is being counted. */
  which: { readonly id: string } | (Filter & { readonly asOf: number }) | null;
  count: number;
  capped?: boolean;
  error?: string | undefined;
  onClose: () => void;
};

/** Makes dead letters of deliveries, with a reason. */
export function GiveUpDialog({ which, count, capped = false, error, onClose }: GiveUpProps) {
  const t = useTranslations("routes");
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const giveUp = useMutation(
    useTRPC().deliveries.giveUp.mutationOptions({
      onSuccess: ({ count: done }) => {
        notify.done(t("steer.gaveUp", { count: done }));
        onClose();
      },
      onSettled: () => queries.invalidateQueries(),
    }),
  );
  const missing = which === null ? t("steer.counting") : reason.trim() === "" ? t("reasonFirst") : null;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={t("steer.giveUpTitle", { count })}
      description={t("steer.giveUpHelp")}
      confirmLabel={t("steer.giveUpConfirm", { count })}
      danger
      {...(count > TYPED_FROM && !capped ? { typedCount: count } : {})}
      disabledReason={missing}
      busy={giveUp.isPending}
      error={refusalOf(giveUp.error)?.message ?? error}
      onConfirm={() => which !== null && giveUp.mutate({ which, reason: reason.trim() })}
    >
      <TextArea label={t("reason")} help={t("reasonHelp")} required rows={2} maxLength={500} value={reason} onChange={(event) => setReason(event.target.value)} />
    </ConfirmDialog>
  );
}
