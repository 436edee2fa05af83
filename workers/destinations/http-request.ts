import { ConfigurationError } from "#core/route/configuration-error.ts";
import type { HttpDestination } from "#core/route/definition.ts";
import { holdsControl } from "#core/route/header-list.ts";
import { requestParts } from "#core/route/http-request.ts";
import type { Delivery } from "./destination.ts";
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

/**
 * The request for a delivery at `now`. Throws TemplateError for a message that the definition does not fit, ConfigurationError for
 * a definition or a secret that cannot work.
 */
export function httpRequest(definition: HttpDestination, delivery: Delivery, secrets: Secrets, now: Date): HttpRequest {
  const seconds = Math.floor(now.getTime() / 1_000);
  const secret = (name: string): string => secretValue(secrets, name);
  const parts = requestParts(definition, delivery, {
    secret,
    signature: (names, body) => webhookSignature(names.map((name) => [name, secret(name)]), delivery.messageId, seconds, body),
    messageId: delivery.messageId,
    timestamp: String(seconds),
    attempt: String(delivery.attempt),
    route: delivery.route,
  });
  const body = parts.body();
  const headers = parts.headers.flatMap(({ name, value }) => [name, Buffer.from(value()).toString("latin1")]);
  const { origin, pathname, search } = parts.url();
  return { origin, path: `${pathname}${search}`, method: definition.method, headers, body: body && Buffer.from(body) };
}

function secretValue(secrets: Secrets, name: string): string {
  const value = secrets(name);
  if (value === undefined || value === "") throw new ConfigurationError(`${name} is not set in the environment of the workers`);
  if (holdsControl(value)) throw new ConfigurationError(`${name} holds a line break or another control character`);
  return value;
}
