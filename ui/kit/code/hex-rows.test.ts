import { expect, test } from "vitest";
import { bytesOfBase64, hexRows } from "./hex-rows.ts";

test("sixteen bytes a row, in two halves, with printable ASCII", () => {
  const bytes = Uint8Array.from([...Array.from({ length: 16 }, (_, i) => i), 0x41, 0xff]);
  expect(hexRows(bytes, 100)).toEqual([
    { offset: "00000000", hex: "00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f", ascii: "·".repeat(16) },
    { offset: "00000010", hex: "41 ff".padEnd(48), ascii: "A·" },
  ]);
});

test("no more than the limit, and nothing for nothing", () => {
  expect(hexRows(new Uint8Array(1_000), 32)).toHaveLength(2);
  expect(hexRows(new Uint8Array(0), 32)).toEqual([]);
});

test("base64 gives the bytes back", () => {
  expect([...bytesOfBase64("AP+A")]).toEqual([0, 255, 128]);
  expect(() => bytesOfBase64("*")).toThrow();
});
