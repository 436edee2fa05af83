"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslations } from "use-intl";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { useCommand } from "./use-command.ts";

/** Has the workers list a connection's queues now, and says what came of it. */
export function useDiscover(connection: { readonly id: string; readonly name: string }) {
  const t = useTranslations("brokers");
  const trpc = useTRPC();
  const queries = useQueryClient();
  const { command, open, unheard, follow } = useCommand();
  const ask = useMutation(
    trpc.connections.discover.mutationOptions({
      onSuccess: ({ commandId }) => follow(commandId),
      onError: (error) => notify.failed(t("discover.failed", { name: connection.name }), { description: refusalOf(error)?.message ?? "" }),
    }),
  );
  const ended = command?.finishedAt == null ? null : command;
  useEffect(() => {
    if (ended === null && !unheard) return;
    follow(null);
    if (ended === null) notify.failed(t("discover.failed", { name: connection.name }), { description: t("probe.unheard") });
    else if (ended.state === "done") notify.done(t("discover.done", { name: connection.name }));
    else notify.failed(t("discover.failed", { name: connection.name }), { description: t(`fault.${ended.faultCode ?? "internal"}.what`) });
    void queries.invalidateQueries();
  }, [ended, unheard, follow, queries, t, connection.name]);
  return { busy: ask.isPending || open, start: () => ask.mutate(connection.id) };
}
