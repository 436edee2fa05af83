import type { Header } from "../message/header.ts";
import { headerNamed, headerWords } from "../message/header-words.ts";
import type { Native } from "../message/native.ts";
import { contentTypeOf } from "../message/native-facts.ts";
import { ConfigurationError } from "./configuration-error.ts";
import type { HttpDestination } from "./definition.ts";
import { HeaderList, type HeaderPart } from "./header-list.ts";
import { filled, fillerOf, pointed, TemplateError, type Filler } from "./template.ts";

export type RequestMessage = { readonly body: Uint8Array; readonly headers: readonly Header[]; readonly native: Native };

/** What the definition and the message do not tell. */
export type Given = {
  /** The value of the variable that a route names. */
  secret(name: string): string;
  /** Of `webhook-signature`, by the secrets of these names over this body. */
  signature(names: readonly string[], body: Uint8Array): string;
  readonly messageId: string;
  /** Seconds since 1970, as text. */
  readonly timestamp: string;
  readonly attempt: string;
  readonly route: string;
};

/**
 * One request in parts, each made when it is asked for, so that whoever asks may stop at the first that can not be made or tell every one.
 * Making one throws TemplateError for a message that the definition does not fit, ConfigurationError for a definition that cannot work,
 * and what `given` throws.
 */
export type RequestParts = {
  /** The address, its places filled and percent-encoded. */
  url(): URL;
  readonly headers: readonly HeaderPart[];
  /** Null where the method has none. */
  body(): Uint8Array | null;
};

/** Headers that belong to the connection, not to the message. */
const OF_THE_CONNECTION = new Set(["host", "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "te", "trailer", "expect", "proxy-connection", "proxy-authorization", "proxy-authenticate"]);
/** Codings of HTTP. Producers also write character sets there (Celery: `utf-8`), which a receiver would refuse. */
const CODINGS = new Set(["gzip", "x-gzip", "deflate", "br", "zstd", "compress"]);
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** The request that an HTTP destination makes of a message. Pure; nothing is read but what it is given. */
export function requestParts(definition: HttpDestination, message: RequestMessage, given: Given): RequestParts {
  const filler = fillerOf(message.body, message.headers);
  const { pointer } = definition.body;
  let made: Uint8Array | null | undefined;
  const body = (): Uint8Array | null => (made === undefined ? (made = definition.method === "GET" ? null : bodyAt(pointer, message.body, filler)) : made);
  const headers = new HeaderList();
  headers.set("user-agent", () => "redrive");
  headers.set("accept-encoding", () => "identity");
  if (definition.method !== "GET") describeBody(headers, message, pointer === "");
  passOn(headers, definition, message);
  for (const { name, value } of definition.headers) headers.set(name, () => (OF_THE_CONNECTION.has(name.toLowerCase()) ? refuseName(name) : filled(value, filler, (text) => text)));
  const { bearer } = definition;
  if (bearer !== null) headers.set("authorization", () => `Bearer ${given.secret(bearer)}`);
  identify(headers, definition, given, body);
  return { url: () => address(definition.url, filler), headers: headers.parts(), body };
}

const bodyAt = (pointer: string, whole: Uint8Array, filler: Filler): Uint8Array => (pointer === "" ? whole : new TextEncoder().encode(pointed(filler, pointer, false)));

function refuseName(name: string): never {
  throw new ConfigurationError(`header ${name} is set by HTTP itself`);
}

function describeBody(headers: HeaderList, { native, headers: own }: RequestMessage, whole: boolean): void {
  if (!whole) return headers.set("content-type", () => "application/json");
  const type = contentTypeOf(native, own);
  if (type !== null && type !== "") headers.set("content-type", () => type);
  const named = headerNamed(own, "content-encoding");
  const coding = native.transport === "amqp-0.9.1" ? native.properties.contentEncoding : named === null ? undefined : headerWords(named);
  if (coding !== undefined && CODINGS.has(coding.toLowerCase())) headers.set("content-encoding", () => coding);
}

function passOn(headers: HeaderList, { passHeaders }: HttpDestination, { headers: own }: RequestMessage): void {
  const wanted = passHeaders.map((pattern) => pattern.toLowerCase());
  const fits = (name: string): boolean => wanted.some((pattern) => (pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern));
  for (const { name, value } of own) {
    const lower = name.toLowerCase();
    if (!fits(lower) || OF_THE_CONNECTION.has(lower) || lower === "content-type" || lower === "content-encoding") continue;
    headers.add(name, () => {
      if (!TOKEN.test(name)) throw new TemplateError(`header ${JSON.stringify(name.slice(0, 100))} has no name that HTTP can carry`);
      return headerWords(value);
    });
  }
}

/** By which the receiver tells duplicates, tries and routes; whoever else wrote these names is overwritten. */
function identify(headers: HeaderList, { signWith }: HttpDestination, given: Given, body: () => Uint8Array | null): void {
  headers.set("webhook-id", () => given.messageId);
  headers.set("webhook-timestamp", () => given.timestamp);
  headers.remove("webhook-signature");
  if (signWith.length > 0) headers.set("webhook-signature", () => given.signature(signWith, body() ?? new Uint8Array()));
  headers.set("redrive-attempt", () => given.attempt);
  headers.set("redrive-route", () => given.route);
}

/** The template of an address: its origin as it stands, then path and query with places filled, percent-encoded. */
function address(template: string, filler: Filler): URL {
  const [, origin = "", path = "", query = ""] = /^(https?:\/\/[^/?#]+)((?:\{[^{}]*\}|[^?#])*)(.*)$/.exec(template) ?? [];
  const filledPath = filled(path, filler, (value, place) => {
    if (value === "") throw new TemplateError(`${place} is empty, which would make it another address`);
    return percentEncoded(value, place);
  });
  if (filledPath !== path && filledPath.split("/").some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))) throw new TemplateError("a dot for a part of the path would make it another address");
  try {
    return new URL(`${origin}${filledPath}${filled(query, filler, percentEncoded)}`);
  } catch (error) {
    if (error instanceof TemplateError) throw error;
    throw new ConfigurationError("the address of the destination is none");
  }
}

function percentEncoded(value: string, place: string): string {
  if (!value.isWellFormed()) throw new TemplateError(`${place} is no well-formed text`);
  return encodeURIComponent(value);
}
