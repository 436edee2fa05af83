/** On every answer of the API. */
const API_HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** The same answer, not to be cached, framed, sniffed or read by other origins. */
export function sealed(response: Response, origin: string): Response {
  for (const [name, value] of Object.entries(API_HEADERS)) {
    // an event stream says no-cache, no-transform itself, and needs it
    if (name === "cache-control" && response.headers.get("content-type")?.startsWith("text/event-stream")) continue;
    response.headers.set(name, value);
  }
  if (origin.startsWith("https:")) response.headers.set("strict-transport-security", "max-age=31536000");
  return response;
}
