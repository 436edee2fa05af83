"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useTRPC } from "../trpc/client.tsx";
import { listInput, type ListAddress } from "./list-address.ts";
import { useArrived } from "./use-arrived.ts";

/**
 * One page of the list, live. While `held` the rows stand still, and `newer` says how many have come meanwhile;
 * `show` reads them once.
 */
export function useMessageList(address: ListAddress, held: boolean) {
  const { filter, order, after } = address;
  const trpc = useTRPC();
  // what has to be searched for is dear: it is not searched again at every news
  const live = filter.q !== undefined || filter.reason !== undefined ? "slow" : "fast";
  const list = useQuery(
    trpc.messages.list.queryOptions(
      listInput(address),
      { placeholderData: keepPreviousData, enabled: (query) => !held || query.state.data === undefined, meta: { live } },
    ),
  );
  const rows = list.data?.rows ?? [];
  const top = rows[0]?.position;
  const first = after === null && order === "newest";
  const newer = useQuery(trpc.messages.newer.queryOptions({ filter, after: top ?? 0 }, { enabled: held && first && top !== undefined, meta: { live } }));
  const arrived = useArrived(rows, JSON.stringify([filter, order, after]), list.isPlaceholderData ? 0 : list.dataUpdatedAt);
  return {
    rows,
    next: list.data?.next ?? null,
    partial: list.data?.partial ?? false,
    loading: list.isPending,
    turning: list.isPlaceholderData,
    fetching: list.isFetching,
    error: list.error,
    arrived: first ? arrived : NONE,
    newer: held && first ? (newer.data ?? 0) : 0,
    show: () => void list.refetch(),
  };
}

const NONE: ReadonlySet<string> = new Set();
export type MessageList = ReturnType<typeof useMessageList>;
