"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslations } from "use-intl";
import { ConfirmDialog } from "../kit/confirm-dialog.tsx";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";

type Props = { connection: { readonly id: string; readonly name: string; readonly queues: number; readonly sources: number }; onClose: () => void };

/** Asks before a connection goes; where messages came from it, says why it stays. */
export function RemoveConnection({ connection, onClose }: Props) {
  const t = useTranslations("brokers");
  const trpc = useTRPC();
  const queries = useQueryClient();
  const remove = useMutation(
    trpc.connections.remove.mutationOptions({
      onSuccess: async () => {
        await queries.invalidateQueries();
        notify.done(t("remove.done", { name: connection.name }));
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open
      danger
      onOpenChange={onClose}
      title={t("remove.title", { name: connection.name })}
      description={t("remove.help")}
      facts={[
        { label: t("remove.queues"), value: connection.queues },
        { label: t("remove.sources"), value: connection.sources },
      ]}
      confirmLabel={t("connections.remove", { name: connection.name })}
      busy={remove.isPending}
      error={refusalOf(remove.error)?.message}
      onConfirm={() => remove.mutate(connection.id)}
    />
  );
}
