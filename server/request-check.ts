/** Why a request is not let in; `status` is HTTP's. */
export type Refusal = { readonly status: 403 | 413 | 415; readonly message: string };

/**
 * Refuses what another site's page could send in a signed-in person's name: writes must be POSTs of JSON from our own
 * origin. Sec-Fetch-Site can not be forged by a page, Origin neither; without both it is no browser of ours.
 */
export function refuseForeign(request: Request, origin: string): Refusal | null {
  const site = request.headers.get("sec-fetch-site");
  if (request.method === "GET" || request.method === "HEAD")
    return site === "cross-site" ? { status: 403, message: "Requests from other sites are refused." } : null;
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return { status: 415, message: "Send JSON: content-type application/json." };
  if (site === "same-origin") return null;
  if (site === null && request.headers.get("origin") === origin) return null;
  return { status: 403, message: `This request did not come from ${origin}. Open Redrive at that address.` };
}

/** Refuses a body that says it is larger than `maxBytes`. */
export function refuseLarge(request: Request, maxBytes: number): Refusal | null {
  const length = Number(request.headers.get("content-length") ?? 0);
  return length <= maxBytes ? null : { status: 413, message: `The request is larger than ${Math.floor(maxBytes / 1024 / 1024)} MiB.` };
}

export class BodyTooLarge extends Error {
  constructor() {
    super("The request's body is too large.");
    this.name = "BodyTooLarge";
  }
}

/** The same request, whose body fails with BodyTooLarge when it grows beyond `maxBytes`, whatever it said before. */
export function bounded(request: Request, maxBytes: number): Request {
  if (request.body === null) return request;
  let seen = 0;
  const cap = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > maxBytes) controller.error(new BodyTooLarge());
      else controller.enqueue(chunk);
    },
  });
  const { url, method, headers, signal } = request;
  // half: the body is still coming while we answer; Node wants it said
  const init: RequestInit & { duplex: "half" } = { method, headers, signal, body: request.body.pipeThrough(cap), duplex: "half" };
  // from its parts: Next's request is no Request that the constructor takes
  return new Request(url, init);
}

export const refusal = ({ status, message }: Refusal): Response => Response.json({ message }, { status });
