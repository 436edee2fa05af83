import { QueryClient, defaultShouldDehydrateQuery } from "@tanstack/react-query";

/** One per request on the server, one per tab in the browser. */
export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        // live events say when to read again; this is the truth behind them when the stream is down
        staleTime: 2_000,
        refetchInterval: 10_000,
        refetchOnWindowFocus: true,
        retry: 2,
      },
      dehydrate: { shouldDehydrateQuery: (query) => defaultShouldDehydrateQuery(query) || query.state.status === "pending" },
    },
  });
