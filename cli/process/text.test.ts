import { expect, test } from "vitest";
import { noteworthy, printable } from "./text.ts";

test("control characters and reordering marks become visible, everything else stays", () => {
  expect(printable("a\u001b[31mb\rc\u202ed\u0007")).toBe("a\\x1b[31mb\\x0dc\\u202ed\\x07");
  expect(printable("订单\t20,000 条 ✓")).toBe("订单\t20,000 条 ✓");
});

test("records below a warning are left out, plain text and broken records are not", () => {
  expect(noteworthy('{"level":30,"msg":"captured"}')).toBe(false);
  expect(noteworthy('{"level":"info","msg":"captured"}')).toBe(false);
  expect(noteworthy('{"level":40}')).toBe(true);
  expect(noteworthy('{"level":"error"}')).toBe(true);
  expect(noteworthy("Error: no such file")).toBe(true);
  expect(noteworthy("{ broken")).toBe(true);
});
