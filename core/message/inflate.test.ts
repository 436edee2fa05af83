import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { inflated } from "./inflate.ts";

const MAX = 1_000_000;

test("what zlib packed comes out again, however it was packed", () => {
  const texts = fc.oneof(fc.uint8Array({ maxLength: 3_000 }), fc.array(fc.constantFrom("at charge (/srv/app.rb:12)", "in `perform'", "\n", "é"), { maxLength: 400 }).map((parts) => new TextEncoder().encode(parts.join(""))));
  fc.assert(
    fc.property(texts, fc.constantFrom(0, 1, 6, 9), fc.constantFrom(0, 2, 4), (bytes, level, strategy) => {
      expect(inflated(deflateSync(bytes, { level, strategy }), MAX)).toEqual(Uint8Array.from(bytes));
    }),
  );
});

test("anything else is null, and nothing grows beyond its limit", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void inflated(bytes, 10_000)));
  const bomb = deflateSync(Buffer.alloc(50_000_000));
  expect(inflated(bomb, 10_000)).toBeNull();
  const packed = deflateSync(Buffer.from("a text that is cut off in the middle"));
  expect(inflated(packed.subarray(0, packed.length - 10), MAX)).toBeNull();
  expect(inflated(new Uint8Array(), MAX)).toBeNull();
});
