import "server-only";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import type { Actor, Context } from "#server/context.ts";
import { contextOf } from "#server/session.ts";
import { PATH_HEADER } from "../../proxy-headers.ts";

/** Who asks for this page; read once a request. */
export const requestContext = cache(async (): Promise<Context> => contextOf(await headers()));

/** Whoever is signed in; without a session the visitor goes to the sign-in page and comes back. Every console page calls it. */
export const requireActor = cache(async (): Promise<Actor> => {
  const { actor } = await requestContext();
  if (actor !== null) return actor;
  const path = (await headers()).get(PATH_HEADER) ?? "/";
  redirect(path === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(path)}`);
});
