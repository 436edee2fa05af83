import { Fault } from "#core/fault.ts";
import { faultOf, statusFault } from "./faults.ts";

/** The admin REST API. Every call throws Fault. */
export type Rest = {
  /** The JSON at a path below `/admin/v2/`; undefined where the answer has none. */
  get(path: string, signal?: AbortSignal): Promise<unknown>;
  put(path: string, body: unknown, signal?: AbortSignal): Promise<void>;
};

const DEADLINE_MS = 5_000;
const REDIRECTS = 5;
/** No listing of topics is longer; what is, is not read into memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/** `base` is the web service's URL, `token` goes in a header. */
export function restAt(base: string, token: string): Rest {
  const root = base.replace(/\/+$/, "");
  const ask = async (method: string, path: string, body: string | null, stop: AbortSignal | undefined): Promise<unknown> => {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const signal = stop === undefined ? deadline : AbortSignal.any([deadline, stop]);
    try {
      const text = await follow(`${root}/admin/v2/${path}`, { method, signal, redirect: "manual", headers: headersOf(token, body), ...(body === null ? {} : { body }) });
      return text === "" ? undefined : JSON.parse(text);
    } catch (error) {
      throw error instanceof SyntaxError ? new Fault("invalid", `no admin REST API answers at ${root}: what came is no JSON`) : faultOf(error);
    }
  };
  return {
    get: (path, signal) => ask("GET", path, null, signal),
    put: async (path, body, signal) => void (await ask("PUT", path, JSON.stringify(body), signal)),
  };
}

/** What says who we are. */
export const authorization = (token: string): Record<string, string> => (token === "" ? {} : { authorization: `Bearer ${token}` });

const headersOf = (token: string, body: string | null): Record<string, string> => ({ ...authorization(token), ...(body === null ? {} : { "content-type": "application/json" }) });

/**
 * A broker that does not own the topic names the one that does. fetch would leave the token out on the way there; it
 * never goes from https to http.
 */
async function follow(url: string, init: RequestInit, left = REDIRECTS): Promise<string> {
  const response = await fetch(url, init);
  const location = response.status === 307 || response.status === 308 || response.status === 302 ? response.headers.get("location") : null;
  if (location !== null) {
    await response.body?.cancel();
    const next = new URL(location, url);
    if (left === 0) throw new Fault("internal", "the brokers name each other as the topic's owner");
    if (next.protocol !== new URL(url).protocol && next.protocol !== "https:") throw new Fault("unauthorised", `the broker names an owner without TLS, ${next.host}: the token does not go there`);
    return follow(next.href, init, left - 1);
  }
  if (Number(response.headers.get("content-length") ?? 0) > MAX_BYTES) {
    await response.body?.cancel();
    throw new Fault("too_large", "the answer is too large to be read");
  }
  const text = await response.text();
  if (!response.ok) throw statusFault(response.status, text);
  return text;
}
