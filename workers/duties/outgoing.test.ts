import { expect, test } from "vitest";
import karafka from "#core/decoders/fixtures/karafka-pro-dlq.json" with { type: "json" };
import kicks from "#core/decoders/fixtures/kicks-maxretry-error.json" with { type: "json" };
import uber from "#core/decoders/fixtures/uber-kafka-client-dlqmetadata.json" with { type: "json" };
import type { Captured } from "#core/decoders/decoder.ts";
import { sample } from "#core/decoders/fixtures.ts";
import { decode } from "#core/decoders/index.ts";
import { recordSample } from "#core/decoders/kafka-fixtures.ts";
import { text } from "#core/message/header.ts";
import { STAMPS } from "#core/lineage.ts";
import { prepare } from "./outgoing.ts";

const ID = "0197f2a0-4d53-7d62-8f3a-0a3f5b6c7d01";

/** A captured message as it stands in the queue of resends. */
const queued = (captured: Captured, edited = false) => ({
  id: ID,
  redrives: 0,
  rule: decode(captured).rule,
  connectionId: ID,
  connectionName: "Production",
  connectionKind: "kafka" as const,
  sourceName: captured.native.queue,
  routeId: null,
  route: null,
  headers: JSON.stringify(captured.headers),
  native: JSON.stringify(captured.native),
  body: Buffer.from(captured.body),
  edited,
});
const names = (headers: readonly { readonly name: string }[]) => headers.map(({ name }) => name);

test("a record whose key was replaced goes out with its own", () => {
  const { captured } = recordSample(uber);
  const { outgoing, target } = prepare(queued(captured), { to: "failed_queue" });
  expect(target).toEqual({ kind: "kafka", topic: "orders", partition: null });
  expect(outgoing.native).toEqual({ ...captured.native, key: btoa("ord_9f2c") });
  expect(names(outgoing.headers)).toEqual(Object.values(STAMPS));
});

test("a record that kept its key goes out as it was captured", () => {
  const { captured } = recordSample(karafka);
  expect(prepare(queued(captured), { to: "origin" }).outgoing.native).toEqual(captured.native);
});

test("properties and headers kept in a header go out as they were, an edited body to the letter", () => {
  const { captured } = sample(kicks);
  const info = JSON.parse((captured.headers[0] as { value: { v: string } }).value.v) as { properties: { headers: Record<string, unknown> } };
  info.properties.headers["tenant"] = "acme";
  const letter = { ...captured, headers: [text("retry_info", JSON.stringify(info))], body: new TextEncoder().encode("edited") };
  const { outgoing, target } = prepare(queued(letter, true), { to: "failed_queue" });
  expect(target).toEqual({ kind: "rabbitmq", exchange: "", routingKey: "billing" });
  expect(outgoing.native).toMatchObject({ properties: { contentType: "application/json", deliveryMode: 2 } });
  expect(names(outgoing.headers)).toEqual(["tenant", ...Object.values(STAMPS)]);
  expect(Buffer.from(outgoing.body).toString()).toBe("edited");
});
