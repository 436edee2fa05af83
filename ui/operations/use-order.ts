"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useTranslations } from "use-intl";
import type { Act } from "#core/message/state.ts";
import type { Order } from "#core/order.ts";
import type { Selection } from "#core/selection.ts";
import { notify } from "../kit/toast.tsx";
import { useTRPC } from "../trpc/client.tsx";
import { refusalOf } from "../trpc/failure.ts";
import { newRequestId } from "./request-id.ts";
import { useRefusedText } from "./refused.tsx";
import { useUndo } from "./use-undo.ts";

/** What an order adds to what was counted. */
export type OrderExtras = Pick<Order, "reason" | "destination" | "rate" | "edit">;

/** A read that belongs to one dialog: it stands still while the person looks at it. */
const STILL = {
  staleTime: Infinity,
  gcTime: 0,
  refetchInterval: false,
  refetchOnWindowFocus: false,
  refetchOnReconnect: false,
  meta: { live: "never" },
} as const;

/** How long a discard offers to be undone. */
const UNDO_MS = 12_000;

/** Counts a selection once and gives one order over exactly that. `done` is called after it was taken. */
export function useOrder(act: Act, selection: Selection, done: (operationId: string) => void) {
  const t = useTranslations("operations");
  const trpc = useTRPC();
  const router = useRouter();
  const undo = useUndo();
  const refusedText = useRefusedText();
  const [requestId] = useState(newRequestId);
  const preview = useQuery(trpc.operations.preview.queryOptions({ act, selection }, STILL));
  const mutation = useMutation(
    trpc.operations.order.mutationOptions({
      // the request id makes a repeat harmless: an answer that was lost on the way is simply asked for again
      retry: (count, error) => count < 2 && refusalOf(error)?.code === null,
      retryDelay: 500,
      onSuccess: ({ operationId, total }) => {
        const title = t(`ordered.${act}`, { count: total });
        const look = { label: t("look"), onClick: () => router.push(`/operations/${operationId}`) };
        // a restore would bring back whatever of the selection had been discarded before, too
        const onlyThese = selection.by === "ids" && preview.data?.blocked.every(({ state }) => state !== "discarded");
        // one notice, however often the answer comes: a double click is two requests and one operation
        if (act === "discard" && onlyThese) notify.done(title, { id: operationId, duration: UNDO_MS, action: { label: t("undo"), onClick: () => void undo(selection) } });
        else notify.done(title, { id: operationId, action: look });
        done(operationId);
      },
    }),
  );
  const give = (extras: OrderExtras) => {
    if (!preview.data || mutation.isPending) return;
    const { asOf, count } = preview.data;
    mutation.mutate({ act, selection, requestId, asOf, expected: count, ...extras });
  };
  const recount = () => {
    mutation.reset();
    void preview.refetch();
  };
  return {
    preview: preview.data ?? null,
    counting: preview.isFetching,
    ordering: mutation.isPending,
    error: refusedText(mutation.error ?? preview.error),
    /** Somebody else was faster: counting again is the way on. */
    outdated: refusalOf(mutation.error)?.code === "conflict" || preview.isError,
    give,
    recount,
  };
}

export type OrderInHand = ReturnType<typeof useOrder>;

/** How the messages of a selection would go back, told from a sample of it. */
export const useSelectionPlan = (selection: Selection) => useQuery(useTRPC().messages.plan.queryOptions({ selection }, STILL));
