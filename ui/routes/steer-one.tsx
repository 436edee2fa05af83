"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { CircleX, RotateCw, Skull } from "lucide-react";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Button, ButtonLink } from "../kit/button.tsx";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { GiveUpDialog } from "./steer-all.tsx";
import type { DeliveryRow } from "./types.ts";

type Props = { delivery: Pick<DeliveryRow, "id" | "state" | "dueAt" | "givenUpBy" | "messageId"> };

/** Retry one delivery now, or give it up; a dead one leads to its dead letter. */
export function SteerOne({ delivery }: Props) {
  const t = useTranslations("routes");
  const queries = useQueryClient();
  const refusal = useRefusal("operator");
  const [givingUp, setGivingUp] = useState(false);
  const retry = useMutation(
    useTRPC().deliveries.retryNow.mutationOptions({
      onSuccess: ({ count }) => notify.done(t("steer.retried", { count })),
      onError: (error) => notify.failed(refusalOf(error)?.message ?? t("deliveries.failed")),
      onSettled: () => queries.invalidateQueries(),
    }),
  );
  const { id, state, dueAt, givenUpBy, messageId } = delivery;
  const blocked = refusal ?? (state === "delivering" ? t("steer.underWay") : state === "succeeded" || state === "dead" ? t("steer.done") : givenUpBy !== null ? t("steer.givenUp") : null);
  return (
    <>
      {state === "dead" && messageId !== null && (
        <ButtonLink href={`/messages/${messageId}`} variant="primary">
          <Skull aria-hidden />
          {t("delivery.toMessage")}
        </ButtonLink>
      )}
      <Button disabledReason={blocked ?? (dueAt === null ? t("steer.behind") : null)} busy={retry.isPending} onClick={() => retry.mutate({ id })}>
        <RotateCw aria-hidden />
        {t("steer.retryNow")}
      </Button>
      <Button disabledReason={blocked} onClick={() => setGivingUp(true)}>
        <CircleX aria-hidden />
        {t("steer.giveUp")}
      </Button>
      {givingUp && <GiveUpDialog which={{ id }} count={1} onClose={() => setGivingUp(false)} />}
    </>
  );
}
