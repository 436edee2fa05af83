"use client";

import { useTranslations } from "use-intl";
import type { Selection } from "#core/selection.ts";
import { notify } from "../kit/toast.tsx";
import { useTRPCClient } from "../trpc/client.tsx";
import { newRequestId } from "./request-id.ts";
import { useRefusedText } from "./refused.tsx";

/** Restores what was just discarded. */
export function useUndo(): (selection: Selection) => Promise<void> {
  const t = useTranslations("operations");
  const api = useTRPCClient();
  const refusedText = useRefusedText();
  return async (selection) => {
    try {
      const { asOf, count } = await api.operations.preview.query({ act: "restore", selection });
      const { total } = await api.operations.order.mutate({ act: "restore", selection, asOf, expected: count, requestId: newRequestId() });
      notify.done(t("ordered.restore", { count: total }));
    } catch (error) {
      notify.failed(t("undoFailed"), { description: refusedText(error) ?? "" });
    }
  };
}
