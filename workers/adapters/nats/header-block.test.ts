import { expect, test } from "vitest";
import type { Header, TypedValue } from "#core/message/header.ts";
import { decodeBlock, encodeBlock } from "./header-block.ts";

const block = (text: string): Buffer => Buffer.from(text, "latin1");
const text = (name: string, v: string): Header => ({ name, value: { t: "text", v } });

test("names keep their order and their case, and may repeat", () => {
  const written = block("NATS/1.0\r\nb: 2\r\nA: 1\r\nb: 3\r\nB: 4\r\n\r\n");
  const headers = decodeBlock(written);
  expect(headers).toEqual([text("b", "2"), text("A", "1"), text("b", "3"), text("B", "4")]);
  expect(Buffer.from(encodeBlock(headers))).toEqual(written);
});

test("values keep their white space, and bytes that are no UTF-8", () => {
  const written = block("NATS/1.0\r\nS:  two \t\r\nE: \r\nX: \xff\xfe\r\njunk\r\n\r\n");
  const headers = decodeBlock(written);
  expect(headers).toEqual([
    text("S", " two \t"),
    text("E", ""),
    { name: "X", value: { t: "bytes", v: Buffer.of(0xff, 0xfe).toString("base64") } },
    { name: "junk", value: { t: "void" } },
  ]);
  expect(Buffer.from(encodeBlock(headers))).toEqual(written);
});

test.each(["", "NATS/1.0", "NATS/1.0\r\n\r\n", "\r\n\r\n"])("a block without headers has none: %j", (written) => {
  expect(decodeBlock(block(written))).toEqual([]);
});

test("a block that is cut is read as far as it goes", () => {
  expect(decodeBlock(block("NATS/1.0\r\nA: 1\r\nB: "))).toEqual([text("A", "1"), text("B", "")]);
});

test("no headers are no block at all", () => {
  expect(encodeBlock([])).toHaveLength(0);
});

test("numbers and truths of another broker become text", () => {
  const headers: Header[] = [
    { name: "n", value: { t: "uint64", v: "18446744073709551615" } },
    { name: "t", value: { t: "bool", v: true } },
  ];
  expect(decodeBlock(encodeBlock(headers))).toEqual([text("n", "18446744073709551615"), text("t", "true")]);
});

const unfit: readonly (readonly [string, string, TypedValue])[] = [
  ["an empty name", "", { t: "text", v: "x" }],
  ["a colon in the name", "a:b", { t: "text", v: "x" }],
  ["a line break in the name", "a\r\nb", { t: "text", v: "x" }],
  ["a line break in the value", "a", { t: "text", v: "x\r\nInjected: yes" }],
  ["a line break in bytes", "a", { t: "bytes", v: Buffer.from("\n").toString("base64") }],
  ["a table", "a", { t: "table", v: [] }],
];
test.each(unfit)("%s is refused", (_, name, value) => {
  expect(() => encodeBlock([{ name, value }])).toThrow(expect.objectContaining({ name: "Fault", code: "invalid" }));
});
