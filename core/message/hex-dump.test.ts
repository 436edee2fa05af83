import fc from "fast-check";
import { expect, test } from "vitest";
import { hexDump } from "./hex-dump.ts";

test("rows of sixteen, with what is printable", () => {
  const bytes = Uint8Array.from({ length: 40 }, (_, index) => index + 0x5a);
  expect(hexDump(bytes, 32, 100)).toEqual([
    { offset: 32, hex: ["7a", "7b", "7c", "7d", "7e", "7f", "80", "81"], ascii: "z{|}~..." },
  ]);
  expect(hexDump(bytes, 8, 17).map(({ offset, hex }) => [offset, hex.length])).toEqual([
    [8, 16],
    [24, 1],
  ]);
});

test("the rows together are the bytes asked for, whatever is asked for", () => {
  const numbers = fc.oneof(fc.integer({ min: -5, max: 100 }), fc.double(), fc.constantFrom(Number.NaN, Infinity));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 90 }), numbers, numbers, (bytes, offset, length) => {
      const dumped = hexDump(bytes, offset, length).flatMap(({ hex }) =>
        hex.map((digits) => Number.parseInt(digits, 16)),
      );
      const start = offset > 0 ? Math.floor(offset) : 0;
      const end = start + (length > 0 ? Math.floor(length) : 0);
      expect(dumped).toEqual(Array.from(bytes.slice(Math.min(start, 1e6), Math.min(end, 1e6))));
    }),
  );
});
