"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Pause, Pencil, Play, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import { useRefusal } from "../brokers/use-refusal.ts";
import { Button, ButtonLink } from "../kit/button.tsx";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { IconButton } from "../kit/icon-button.tsx";
import { notify } from "../kit/toast.tsx";
import { visibleText } from "../kit/visible-text.ts";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import type { RouteDetail } from "./types.ts";

/** Pause or resume, edit, remove; each says why when it can not be done. */
export function RouteActions({ route }: { route: RouteDetail }) {
  const t = useTranslations("routes");
  const trpc = useTRPC();
  const router = useRouter();
  const queries = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const [mayOperate, isAdmin] = [useRefusal("operator"), useRefusal("admin")];
  const mayEdit = isAdmin ?? (route.managedBy === "file" ? t("fromFileHelp") : null);
  const steered = { onSettled: () => queries.invalidateQueries(), onError: (error: unknown) => notify.failed(refusalOf(error)?.message ?? t("failed")) };
  const pause = useMutation(trpc.routes.pause.mutationOptions(steered));
  const resume = useMutation(trpc.routes.resume.mutationOptions(steered));
  const name = visibleText(route.name, 80);
  const remove = useMutation(
    trpc.routes.remove.mutationOptions({
      onSuccess: () => {
        notify.done(t("removed", { name }));
        router.push("/routes");
      },
    }),
  );
  const unfinished = route.counts.pending.count + route.counts.delivering.count + route.counts.retrying.count;
  return (
    <>
      {route.state === "paused" ? (
        <Button variant="primary" busy={resume.isPending} disabledReason={mayOperate} onClick={() => resume.mutate(route.id)}>
          <Play aria-hidden />
          {t("resume")}
        </Button>
      ) : (
        <Button busy={pause.isPending} disabledReason={mayOperate} hint={t(route.custody === "heard" ? "stateHelp.pausedHeard" : "stateHelp.paused")} onClick={() => pause.mutate(route.id)}>
          <Pause aria-hidden />
          {t("pause")}
        </Button>
      )}
      {mayEdit === null ? (
        <ButtonLink href={`/routes/${route.id}/edit`}>
          <Pencil aria-hidden />
          {t("edit")}
        </ButtonLink>
      ) : (
        <Button disabledReason={mayEdit}>
          <Pencil aria-hidden />
          {t("edit")}
        </Button>
      )}
      <IconButton icon={Trash2} label={t("remove")} disabledReason={mayEdit} onClick={() => setRemoving(true)} />
      <ConfirmDialog
        open={removing}
        onOpenChange={() => setRemoving(false)}
        title={t("removeTitle", { name })}
        description={t("removeText")}
        confirmLabel={t("removeConfirm", { name })}
        danger
        disabledReason={unfinished === 0 ? null : t("removeWaiting", { count: unfinished })}
        busy={remove.isPending}
        error={refusalOf(remove.error)?.message}
        onConfirm={() => remove.mutate(route.id)}
      >
        {unfinished > 0 && <p className="rounded bg-amber-soft px-2.5 py-1.5 text-amber">{t("removeWaiting", { count: unfinished })}</p>}
      </ConfirmDialog>
    </>
  );
}
