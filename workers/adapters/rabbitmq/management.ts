import type { z } from "zod";
import { Fault } from "#core/fault.ts";
import { before } from "#core/brokers/deadline.ts";
import { faultOf } from "./faults.ts";

export type Management = {
  /** Without a slash at the end. */
  readonly url: string;
  readonly vhost: string;
  readonly username: string;
  readonly password: string;
};

const ANSWER_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** The answer of `GET <url>/api/<path>/<vhost>`, checked. Throws Fault; never follows a redirect with our login. */
export async function ask<T>(
  { url, vhost, username, password }: Management,
  path: string,
  query: string,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<T> {
  const address = `${url.replace(/\/+$/, "")}/api/${path}/${encodeURIComponent(vhost)}${query}`;
  const limited = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  const asking = fetch(address, { headers: { authorization }, redirect: "error", signal: limited }).then(readAnswer);
  const text = await before(asking, limited, "the management API did not answer in time").catch((error: unknown) => {
    throw failed(error);
  });
  const parsed = schema.safeParse(parse(text));
  if (!parsed.success) throw new Fault("invalid", "the management API answered something else than RabbitMQ's");
  return parsed.data;
}

async function readAnswer(response: Response): Promise<string> {
  if (!response.ok) {
    await response.body?.cancel();
    throw statusFault(response.status);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new Fault("too_large", "the management API's answer is over 64 MiB");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function statusFault(status: number): Fault {
  const detail = `the management API answers ${status}`;
  if (status === 401 || status === 403) return new Fault("unauthorised", `${detail}: the login needs the tag monitoring`);
  if (status === 404) return new Fault("not_found", `${detail}: no such vhost, or this is not the management API`);
  if (status === 429) return new Fault("throttled", detail);
  return new Fault(status >= 500 ? "unreachable" : "invalid", detail);
}

/** fetch hides the socket's error in the cause. */
function failed(error: unknown): Fault {
  if (error instanceof Fault) return error;
  const fault = faultOf(error instanceof Error && error.cause instanceof Error ? error.cause : error);
  const code = fault.code === "internal" ? "unreachable" : fault.code;
  return new Fault(code, `the management API: ${fault.detail}`, { cause: error });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
