import { expect, test } from "vitest";
import { covers, isListenable, isSubject } from "./nats-subject.ts";

test.each(["orders", "orders.eu.new", "$KV.bucket.key", "a*b.c>d"])("%s is a subject to publish to", (text) => expect(isSubject(text)).toBe(true));
test.each(["", "a..b", ".a", "a.", "a.*", "a.>", "a b", "a\0", "x".repeat(1_025)])("%j is none", (text) => expect(isSubject(text)).toBe(false));

test.each(["orders", "orders.>", "orders.*.new", "a.*.>"])("%s can be listened to", (text) => expect(isListenable(text)).toBe(true));
test.each([">", "*", "*.orders", "_INBOX.>", "$JS.API.>", "a.>.b", "a..b", "a b", ""])("%j can not", (text) => expect(isListenable(text)).toBe(false));

test.each([
  ["a.>", "a.b.>", true],
  ["a.*.c", "a.b.c", true],
  ["a.b.>", "a.b.>", true],
  [">", "a.b.>", true],
  ["a.*", "a.>", false],
  ["a.b.c.>", "a.b.>", false],
  ["a.b", "a.b.c", false],
  ["a.b.c", "a.b", false],
])("%s covers %s: %s", (pattern, subject, expected) => {
  expect(covers(pattern, subject)).toBe(expected);
});
