import fc from "fast-check";
import { expect, test } from "vitest";
import { base64Of, bytesOfHex, editableText, hexOf } from "./edit-text.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

test("an edit that changes nothing gives the same bytes, whatever byte order mark and line ends there are", () => {
  const piece = fc.constantFrom("\uFEFF", "\r\n", "\n", "\r", "{", "12345678901234567890", "é", "死信", "💥", "\0", "a");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const bytes = bytesOf(pieces.join(""));
      const editable = editableText(bytes)!;
      expect(editable.toBytes(editable.shown)).toEqual(bytes);
    }),
  );
});

test("a new line takes the ends its text has", () => {
  const crlf = editableText(bytesOf("\uFEFFa\r\nb\r\n"))!;
  expect(crlf.shown).toBe("a\nb\n");
  expect(crlf.toBytes("a\nnew\nb\n")).toEqual(bytesOf("\uFEFFa\r\nnew\r\nb\r\n"));
  expect(editableText(bytesOf("a\nb"))!.toBytes("a\r\npasted\nb")).toEqual(bytesOf("a\npasted\nb"));
});

test("bytes that are no UTF-8 are no text", () => {
  expect(editableText(new Uint8Array([0xff, 0xfe, 0x41]))).toBeNull();
});

test("hex and base64 bring back the bytes they were made of", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect([...bytesOfHex(hexOf(bytes))!]).toEqual([...bytes]);
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString("base64"));
    }),
  );
  expect(bytesOfHex("0g")).toBeNull();
  expect(bytesOfHex("abc")).toBeNull();
  expect(bytesOfHex(" DE ad\n")).toEqual(new Uint8Array([0xde, 0xad]));
});

test("a body of megabytes is encoded", () => {
  expect(base64Of(new Uint8Array(3 * 1024 * 1024)).length).toBe(4 * 1024 * 1024);
});
