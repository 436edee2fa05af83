import "server-only";
import { dehydrate, type FetchQueryOptions, HydrationBoundary, type QueryKey } from "@tanstack/react-query";
import { createTRPCOptionsProxy } from "@trpc/tanstack-react-query";
import { cache, type ReactNode } from "react";
import { appRouter, type AppRouter } from "#server/routers/_app.ts";
import { makeQueryClient } from "#ui/trpc/query-client.ts";
import { requestContext } from "./session.ts";

const getQueryClient = cache(() => makeQueryClient());

/** The options of every query, answered in this process with the rights of whoever asks for the page. */
export const trpc = createTRPCOptionsProxy<AppRouter>({ ctx: requestContext, router: appRouter, queryClient: getQueryClient });

/** Begins a query; the page is drawn with its answer, or without it where it fails. */
export function prefetch<TData, TError, TPicked, TKey extends QueryKey>(options: FetchQueryOptions<TData, TError, TPicked, TKey>): void {
  // what fails here is asked again by the browser, which can say so
  void getQueryClient().prefetchQuery({ ...options, retry: false });
}

/** Hands what was prefetched over to the components below. */
export async function HydrateClient({ children }: { readonly children: ReactNode }) {
  const begun = getQueryClient().getQueryCache().getAll();
  // an answer that came while the page was on its way would make the browser's first picture another than the server's
  await Promise.allSettled(begun.map((query) => query.promise));
  // the wire is JSON: a page's first data must look like the data it fetches later
  const state = dehydrate(getQueryClient(), { serializeData: (data: unknown) => (data === undefined ? data : JSON.parse(JSON.stringify(data))) });
  return <HydrationBoundary state={state}>{children}</HydrationBoundary>;
}
