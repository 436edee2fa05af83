import type { BrokerKind } from "../brokers/index.ts";
import { kindOfTransport } from "../brokers/of-transport.ts";
import type { Captured } from "../decoders/decoder.ts";
import { plan } from "../decoders/index.ts";
import { headerWords } from "../message/header-words.ts";
import type { Header, TypedValue } from "../message/header.ts";

/**
 * The headers with which a message goes on to a queue: without what a broker would act on, and between brokers of different
 * kinds as text or bytes, since only AMQP has more types. A table becomes JSON text.
 */
export function bridgedHeaders(captured: Captured, to: BrokerKind): Header[] {
  const { strip } = plan(captured, "unknown");
  const kept = captured.headers.filter(({ name }) => !strip.includes(name));
  const from = kindOfTransport(captured.native.transport);
  if (from === to || to === "rabbitmq") return kept;
  return kept.map(({ name, value }) => ({ name, value: plain(value) }));
}

function plain(value: TypedValue): TypedValue {
  if (value.t === "text" || value.t === "bytes") return value;
  return value.t === "rawtext" ? { t: "bytes", v: value.v } : { t: "text", v: headerWords(value) };
}
