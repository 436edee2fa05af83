import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "#core/fault.ts";
import { text } from "#core/message/header.ts";
import { decodeContentHeader, encodeContentHeader } from "./content-header.ts";

const shortText = fc.string({ unit: "binary", maxLength: 60 });
const properties = fc.record(
  {
    contentType: shortText,
    contentEncoding: shortText,
    deliveryMode: fc.integer({ min: 0, max: 255 }),
    priority: fc.integer({ min: 0, max: 255 }),
    correlationId: shortText,
    replyTo: shortText,
    expiration: shortText,
    messageId: shortText,
    timestamp: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(String),
    type: shortText,
    userId: shortText,
    appId: shortText,
    clusterId: shortText,
  },
  { requiredKeys: [] },
);

test("any combination of properties survives", () => {
  fc.assert(
    fc.property(properties, fc.boolean(), (values, withHeaders) => {
      const header = { properties: values, headers: withHeaders ? [text("a", "b")] : [] };
      const { properties: got, headers } = decodeContentHeader(encodeContentHeader(header));
      expect({ properties: got, headers }).toEqual(header);
    }),
  );
});

test("a property that is not UTF-8 keeps its bytes", () => {
  const wire = Buffer.concat([Buffer.of(0x04, 0x00, 3, 0xff, 0x00, 0x61)]);
  const decoded = decodeContentHeader(wire);
  expect(decoded.properties.correlationId).toBe("\ufffd\u0000a");
  expect(encodeContentHeader(decoded)).toEqual(wire);
});

test("what identifies the properties leaves the header table out", () => {
  const values = { messageId: "m", deliveryMode: 2, correlationId: "c" };
  const bare = decodeContentHeader(encodeContentHeader({ properties: values, headers: [] }));
  const full = decodeContentHeader(encodeContentHeader({ properties: values, headers: [text("a", "b")] }));
  expect(Buffer.concat(full.rest)).toEqual(Buffer.concat(bare.rest));
});

test.each<[string, Buffer]>([
  ["empty", Buffer.alloc(0)],
  ["flags without fields", Buffer.of(0x80, 0)],
  ["more than the flags say", Buffer.of(0, 0, 1)],
  ["a table beyond the end", Buffer.of(0x20, 0, 0, 0, 0, 9)],
])("%s is invalid", (_label, bytes) => {
  expect(() => decodeContentHeader(bytes)).toThrow(Fault);
});

test.each([{ priority: 256 }, { messageId: "x".repeat(256) }, { timestamp: "soon" }])("%j can not be written", (values) => {
  expect(() => encodeContentHeader({ properties: values, headers: [] })).toThrow(Fault);
});
