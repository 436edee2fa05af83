"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import type { StepKind } from "#core/message/views.ts";
import { useTRPC } from "../trpc/client.tsx";
import type { Version } from "./types.ts";

/** While a worker fetches a schema. */
const POLL_MS = 700;

type Asked = { readonly messageId: string; readonly which: Version; readonly as: StepKind | null };

/** The decoded form of a body. A schema that was never asked for is asked for at once; a refusal waits for the reader. */
export function useDecoded(asked: Asked) {
  const trpc = useTRPC();
  const wish = useMutation(trpc.messages.schema.mutationOptions());
  const query = useQuery(
    trpc.messages.decoded.queryOptions(asked, {
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      meta: { live: "never" },
      retry: false,
      refetchInterval: ({ state }) => (isAwaited(state.data?.missing ?? null) ? POLL_MS : false),
    }),
  );
  const missing = query.data?.missing ?? null;
  const unasked = missing !== null && missing.registry && missing.wish === null;
  const { mutate, isIdle } = wish;
  const { refetch } = query;
  const { messageId, which, as } = asked;
  const ask = () => mutate({ messageId, which, as }, { onSuccess: () => void refetch() });
  useEffect(() => {
    if (unasked && isIdle) mutate({ messageId, which, as }, { onSuccess: () => void refetch() });
  }, [unasked, isIdle, mutate, refetch, messageId, which, as]);
  return { query, ask, asking: wish.isPending || isAwaited(missing) };
}

type Missing = { readonly wish: { readonly state: "waiting" | "running" | "done" | "failed" } | null } | null;
const isAwaited = (missing: Missing): boolean => missing?.wish?.state === "waiting" || missing?.wish?.state === "running";
