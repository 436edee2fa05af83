"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNow } from "../kit/clock.tsx";
import { useTRPC } from "../trpc/client.tsx";

const POLL_MS = 500;
/** A wish that nobody has taken up after this long will hardly be. */
const PATIENCE_MS = 10_000;

/**
 * Follows a wish to the workers until it is answered. `unheard`: it waits for longer than any worker that runs would
 * let it.
 */
export function useCommand() {
  const trpc = useTRPC();
  const [asked, setAsked] = useState<{ id: string; at: number } | null>(null);
  const query = useQuery({
    ...trpc.connections.command.queryOptions(asked?.id ?? ""),
    enabled: asked !== null,
    refetchInterval: ({ state }) => (state.data?.finishedAt == null ? POLL_MS : false),
  });
  const now = useNow();
  const command = asked === null ? null : (query.data ?? null);
  const open = asked !== null && command?.finishedAt == null;
  return {
    command,
    open,
    unheard: open && command?.state !== "running" && now - (asked?.at ?? now) > PATIENCE_MS,
    follow: (id: string | null) => setAsked(id === null ? null : { id, at: Date.now() }),
  };
}
