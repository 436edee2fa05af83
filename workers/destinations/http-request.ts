import { contentTypeOf } from "#core/message/native-facts.ts";
import { headerNamed, headerWords } from "#core/message/header-words.ts";
import type { HttpDestination } from "#core/route/definition.ts";
import { filled, fillerOf, pointed, TemplateError, type Filler } from "#core/route/template.ts";
import type { Delivery } from "./destination.ts";
import { ConfigurationError } from "./errors.ts";
import { webhookSignature } from "./webhook-signature.ts";

export type Secrets = (name: string) => string | undefined;

/** One request, complete: what is signed is what is sent. */
export type HttpRequest = {
  readonly origin: string;
  readonly path: string;
  readonly method: HttpDestination["method"];
  /** Name, value, name, value; UTF-8 as Latin-1, as undici writes them. */
  readonly headers: string[];
  readonly body: Buffer | null;
};

/** Headers that belong to the connection, not to the message. */
const OF_THE_CONNECTION = new Set(["host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer", "expect", "proxy-connection", "proxy-authorization", "proxy-authenticate"]);
/** Codings of HTTP. Producers also write character sets there (Celery: `utf-8`), which a receiver would refuse. */
const CODINGS = new Set(["gzip", "x-gzip", "deflate", "br", "zstd", "compress"]);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// eslint-disable-next-line no-control-regex -- these are what a header must not hold
const CONTROL = /[\0-\u0008\u000A-\u001F\u007F]/;

/**
 * The request for a delivery at `now`. Throws TemplateError for a message that the definition does not fit, ConfigurationError for
 * a definition or a secret that cannot work.
 */
export function httpRequest(definition: HttpDestination, delivery: Delivery, secret: Secrets, now: Date): HttpRequest {
  const filler = fillerOf(delivery.body, delivery.headers);
  const { pointer } = definition.body;
  const whole = pointer === "";
  const body = definition.method === "GET" ? null : whole ? Buffer.from(delivery.body) : Buffer.from(pointed(filler, pointer, false));
  const headers = new HeaderList();
  headers.set("user-agent", "redrive");
  headers.set("accept-encoding", "identity");
  if (body !== null) describeBody(headers, delivery, whole);
  passOn(headers, definition, delivery);
  for (const { name, value } of definition.headers) {
    if (OF_THE_CONNECTION.has(name.toLowerCase())) throw new ConfigurationError(`header ${name} is set by HTTP itself`);
    headers.set(name, filled(value, filler, (text) => text));
  }
  if (definition.bearer !== null) headers.set("authorization", `Bearer ${secretValue(secret, definition.bearer)}`);
  identify(headers, definition, delivery, { secret, now, body });
  return { ...address(definition.url, filler), method: definition.method, headers: headers.flat(), body };
}

function describeBody(headers: HeaderList, { native, headers: own }: Delivery, whole: boolean): void {
  if (!whole) return headers.set("content-type", "application/json");
  const type = contentTypeOf(native, own);
  if (type !== null && type !== "") headers.set("content-type", type);
  const named = headerNamed(own, "content-encoding");
  const coding = native.transport === "amqp-0.9.1" ? native.properties.contentEncoding : named === null ? undefined : headerWords(named);
  if (coding !== undefined && CODINGS.has(coding.toLowerCase())) headers.set("content-encoding", coding);
}

function passOn(headers: HeaderList, { passHeaders }: HttpDestination, delivery: Delivery): void {
  const wanted = passHeaders.map((pattern) => pattern.toLowerCase());
  const fits = (name: string): boolean => wanted.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  for (const { name, value } of delivery.headers) {
    const lower = name.toLowerCase();
    if (!fits(lower) || OF_THE_CONNECTION.has(lower) || lower === "content-type" || lower === "content-encoding") continue;
    if (!TOKEN.test(name)) throw new TemplateError(`header ${JSON.stringify(name.slice(0, 100))} has no name that HTTP can carry`);
    headers.add(name, headerWords(value));
  }
}

/** By which the receiver tells duplicates, tries and routes; whoever else wrote these names is overwritten. */
function identify(headers: HeaderList, { signWith }: HttpDestination, { messageId, attempt, route }: Delivery, { secret, now, body }: { secret: Secrets; now: Date; body: Buffer | null }): void {
  const seconds = Math.floor(now.getTime() / 1_000);
  headers.set("webhook-id", messageId);
  headers.set("webhook-timestamp", String(seconds));
  headers.remove("webhook-signature");
  const secrets = signWith.map((name) => [name, secretValue(secret, name)] as const);
  if (secrets.length > 0) headers.set("webhook-signature", webhookSignature(secrets, messageId, seconds, body ?? new Uint8Array()));
  headers.set("redrive-attempt", String(attempt));
  headers.set("redrive-route", route);
}

function secretValue(secret: Secrets, name: string): string {
  const value = secret(name);
  if (value === undefined || value === "") throw new ConfigurationError(`${name} is not set in the environment of the workers`);
  if (CONTROL.test(value)) throw new ConfigurationError(`${name} holds a line break or another control character`);
  return value;
}

/** Names in any case, values checked, order kept. */
class HeaderList {
  readonly #values = new Map<string, { name: string; values: string[] }>();

  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  add(name: string, value: string): void {
    // a line break would begin a header, or a request, of the message's making
    if (CONTROL.test(value)) throw new TemplateError(`header ${name} would hold a line break or another control character`);
    const entry = this.#values.get(name.toLowerCase()) ?? { name, values: [] };
    entry.values.push(Buffer.from(value).toString("latin1"));
    this.#values.set(name.toLowerCase(), entry);
  }

  remove(name: string): void {
    this.#values.delete(name.toLowerCase());
  }

  flat(): string[] {
    return [...this.#values.values()].flatMap(({ name, values }) => values.flatMap((value) => [name, value]));
  }
}

/** The template of an address: its origin as it stands, then path and query with places filled, percent-encoded. */
function address(template: string, filler: Filler): { origin: string; path: string } {
  const [, origin = "", path = "", query = ""] = /^(https?:\/\/[^/?#]+)((?:\{[^{}]*\}|[^?#])*)(.*)$/.exec(template) ?? [];
  const filledPath = filled(path, filler, (value, place) => {
    if (value === "") throw new TemplateError(`${place} is empty, which would make it another address`);
    return percentEncoded(value, place);
  });
  if (filledPath !== path && filledPath.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) throw new TemplateError("a dot for a part of the path would make it another address");
  const url = parsed(`${origin}${filledPath}${filled(query, filler, percentEncoded)}`);
  return { origin: url.origin, path: `${url.pathname}${url.search}` };
}

function percentEncoded(value: string, place: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    throw new TemplateError(`${place} is no well-formed text`);
  }
}

function parsed(url: string): URL {
  try {
    return new URL(url);
  } catch {
    throw new ConfigurationError("the address of the destination is none");
  }
}
