import type { BrokerKind } from "../brokers/index.ts";
import { plan } from "../decoders/index.ts";
import type { Captured } from "../decoders/decoder.ts";
import { floatOf, isInteger, type Header, type TypedValue } from "../message/header.ts";
import { kindOfTransport } from "../brokers/of-transport.ts";

/**
 * The headers with which a message goes on to a queue: without what a broker would act on, and between brokers of different
 * kinds as text, since only AMQP has types. A table becomes JSON text; no value is lost, its type is.
 */
export function bridgedHeaders(captured: Captured, to: BrokerKind): Header[] {
  const { strip } = plan(captured, "unknown");
  const kept = captured.headers.filter(({ name }) => !strip.includes(name));
  const from = kindOfTransport(captured.native.transport);
  if (from === to || to === "rabbitmq") return kept;
  return kept.map(({ name, value }) => ({ name, value: plain(value) }));
}

const plain = (value: TypedValue): TypedValue => (value.t === "bytes" || value.t === "text" ? value : { t: "text", v: textOf(value) });

function textOf(value: TypedValue): string {
  if (isInteger(value) || value.t === "timestamp" || value.t === "text") return value.v;
  switch (value.t) {
    case "bool":
      return String(value.v);
    case "float32":
    case "float64":
      return String(floatOf(value));
    case "decimal":
      return decimalText(value.v, value.scale);
    case "void":
      return "";
    case "rawtext":
    case "raw":
    case "bytes":
      return value.v;
    default:
      return JSON.stringify(value.v);
  }
}

function decimalText(unscaled: string, scale: number): string {
  const sign = unscaled.startsWith("-") ? "-" : "";
  const digits = unscaled.replace("-", "").padStart(scale + 1, "0");
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
