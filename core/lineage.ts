import { headerText, isInteger, headerValue, text, type Header } from "./message/header.ts";

/** Redrive's own headers. No `x-` prefix: RabbitMQ turns those into annotations and may act on them. */
export const STAMPS = { id: "redrive-id", count: "redrive-count", origin: "redrive-origin" } as const;

export type Stamp = {
  /** The message's id in Redrive, UUID. */
  readonly messageId: string;
  /** Which resend of this message it is, from 1. */
  readonly count: number;
  /** The place it was captured from, as `<connection>/<queue>`. */
  readonly origin: string;
};

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The headers with Redrive's stamp in place of an older one. */
export const stamped = (headers: readonly Header[], stamp: Stamp): Header[] => [
  ...headers.filter(({ name }) => !Object.values<string>(STAMPS).includes(name)),
  text(STAMPS.id, stamp.messageId),
  text(STAMPS.count, String(stamp.count)),
  text(STAMPS.origin, stamp.origin),
];

/** The stamp a message carries, or null. Untrusted: a producer may forge it, so the caller looks the id up. */
export function stampOf(headers: readonly Header[]): { messageId: string; count: number } | null {
  const messageId = headerText(headers, STAMPS.id);
  if (messageId === null || !UUID.test(messageId)) return null;
  const value = headerValue(headers, STAMPS.count);
  const count = value === null ? Number.NaN : value.t === "text" || isInteger(value) ? Number(value.v) : Number.NaN;
  return Number.isSafeInteger(count) && count > 0 && count < 2 ** 31 ? { messageId, count } : null;
}
