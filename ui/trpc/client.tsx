"use client";

import { QueryClientProvider, type QueryClient } from "@tanstack/react-query";
import { createTRPCClient, httpBatchStreamLink, httpSubscriptionLink, splitLink } from "@trpc/client";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import { useState, type ReactNode } from "react";
import type { AppRouter } from "#server/routers/_app.ts";
import { makeQueryClient } from "./query-client.ts";

const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();
export { useTRPC, useTRPCClient };

const URL_PATH = "/api/trpc";

let browserQueryClient: QueryClient | undefined;

/** The session is gone: to the sign-in page, by a full load so that nothing stays in memory, and back here afterwards. */
export function signedOut(): void {
  const { pathname, search } = window.location;
  window.location.assign(`/sign-in?reason=ended&next=${encodeURIComponent(pathname + search)}`);
}

function queryClient(): QueryClient {
  if (typeof window === "undefined") return makeQueryClient();
  browserQueryClient ??= makeQueryClient(signedOut);
  return browserQueryClient;
}

/** Gives everything below it the API and its cache. */
export function ApiProvider({ children }: { readonly children: ReactNode }) {
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          condition: (op) => op.type === "subscription",
          true: httpSubscriptionLink({ url: URL_PATH }),
          // each answer as soon as it is there: a list does not wait for the counts asked beside it;
          // queries by POST too: search text and keys do not belong into access logs
          false: httpBatchStreamLink({ url: URL_PATH, methodOverride: "POST", maxItems: 20 }),
        }),
      ],
    }),
  );
  const queries = queryClient();
  return (
    <QueryClientProvider client={queries}>
      <TRPCProvider trpcClient={client} queryClient={queries}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
