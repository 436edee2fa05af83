import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { Gate } from "./gate.ts";
import { log } from "./log.ts";
import { bounded, refusal, refuseForeign, refuseLarge } from "./request-check.ts";
import { sealed } from "./response.ts";
import { appRouter } from "./routers/_app.ts";
import { contextFor } from "./session.ts";

/** An edited body of 16 MiB travels as base64, with its headers. */
const MAX_BYTES = 32 * 1024 * 1024;

/** Answers /api/trpc: queries by GET or POST, mutations by POST of JSON from our own pages, events by GET. */
export async function handleApi(at: Gate, request: Request): Promise<Response> {
  const refused = refuseForeign(request, at.origin) ?? refuseLarge(request, MAX_BYTES);
  if (refused !== null) return sealed(refusal(refused), at.origin);
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    router: appRouter,
    req: bounded(request, MAX_BYTES),
    allowMethodOverride: true,
    maxBatchSize: 20,
    createContext: ({ req }) => contextFor(req, at),
    onError: ({ error, path }) => {
      if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause ?? error, path }, "procedure failed");
    },
  });
  return sealed(response, at.origin);
}
