import "server-only";
import { dehydrate, type FetchQueryOptions, HydrationBoundary, type QueryKey } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { cache, type ReactNode } from "react";
import { appRouter, type AppRouter } from "#server/routers/_app.ts";
import { makeQueryClient } from "#ui/trpc/query-client.ts";
import { requestContext } from "./session.ts";

const request = cache(() => ({ queries: makeQueryClient(), begun: [] as Promise<void>[] }));

/** The options of every query, answered in this process with the rights of whoever asks for the page. */
export const trpc = createTRPCOptionsProxy<AppRouter>({ ctx: requestContext, router: appRouter, queryClient: () => request().queries });

/** Begins a query; HydrateClient waits for it. One that fails is asked again by the browser, which can show why. */
export function prefetch<TData, TError, TPicked, TKey extends QueryKey>(options: FetchQueryOptions<TData, TError, TPicked, TKey>): void {
  const { queries, begun } = request();
  begun.push(queries.prefetchQuery(options));
}

/**
 * Hands what was prefetched over to the components below. It waits: data that arrived between the server's drawing and
 * the browser's would make the two differ.
 */
export async function HydrateClient({ children }: { readonly children: ReactNode }) {
  const { queries, begun } = request();
  await Promise.all(begun);
  // the wire is JSON: a page's first data must look like the data it fetches later
  const state = dehydrate(queries, { serializeData: (data: unknown) => (data === undefined ? data : JSON.parse(JSON.stringify(data))) });
  return <HydrationBoundary state={state}>{children}</HydrationBoundary>;
}
