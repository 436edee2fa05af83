import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";
import { isDevelopment, serverEnv } from "#server/env.ts";
import { contentSecurityPolicy, pageHeaders } from "#server/page-headers.ts";
import { NONCE_HEADER, PATH_HEADER } from "./proxy-headers.ts";

/** Gives every page its nonce and headers. Whether one may see the page is decided in the page, never here. */
export function proxy(request: NextRequest): NextResponse {
  // pages are only read: a POST to one could only be a server action, and there are none
  if (request.method !== "GET" && request.method !== "HEAD") return new NextResponse(null, { status: 405, headers: { allow: "GET, HEAD" } });
  const nonce = randomBytes(18).toString("base64");
  const policy = contentSecurityPolicy(nonce, { development: isDevelopment });
  const headers = new Headers(request.headers);
  headers.set(NONCE_HEADER, nonce);
  // Next reads the nonce for its own scripts from here
  headers.set("content-security-policy", policy);
  headers.set(PATH_HEADER, pathOf(request.nextUrl));
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  const https = serverEnv().REDRIVE_PUBLIC_URL.startsWith("https:");
  for (const [name, value] of Object.entries(pageHeaders({ https }))) response.headers.set(name, value);
  return response;
}

function pathOf({ pathname, searchParams }: URL): string {
  const query = new URLSearchParams(searchParams);
  query.delete("_rsc");
  return query.size === 0 ? pathname : `${pathname}?${query}`;
}

// The API brings its own headers, and bodies that pass here are cut at 10 MB.
export const config = { matcher: "/((?!api/|_next/static/).*)" };
