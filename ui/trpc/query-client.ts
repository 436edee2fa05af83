import { MutationCache, QueryCache, QueryClient, defaultShouldDehydrateQuery } from "@tanstack/react-query";
import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "#server/routers/_app.ts";

const RETRIES = 2;

/** HTTP's status of the API's answer; null when there was none. */
const statusOf = (error: Error): number | null =>
  error instanceof TRPCClientError ? ((error as TRPCClientError<AppRouter>).data?.httpStatus ?? null) : null;

/** A refusal stays a refusal: only what may be different a moment later is asked again, and only by a browser. */
const mayPass = (error: Error): boolean => typeof window !== "undefined" && (statusOf(error) ?? 500) >= 500;

/** One per request on the server, one per tab in the browser. `signedOut` is called when the API knows no session. */
export const makeQueryClient = (signedOut: () => void = () => {}): QueryClient => {
  const onError = (error: Error): void => {
    if (statusOf(error) === 401) signedOut();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: {
        // live events say when to read again; this is the truth behind them when the stream is down
        staleTime: 2_000,
        refetchInterval: 10_000,
        refetchOnWindowFocus: true,
        retry: (count, error) => count < RETRIES && mayPass(error),
      },
      dehydrate: { shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === "pending" },
    },
  });
};
