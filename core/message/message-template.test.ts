import fc from "fast-check";
import { expect, test } from "vitest";
import { messageTemplate } from "./message-template.ts";

test.each([
  ["order 7 of a.b+c@shop.example not found", "order <n> of <email> not found"],
  ["GET https://api.shop.example:8443/v1/x?a=1#b failed", "GET <url> failed"],
  ["at 2026-03-14T09:26:53.123Z, 2026-03-14 09:26:53+01:00 and 09:26", "at <time>, <time> and <time>"],
  ["job 3f0f0c3c-2f0e-4d1b-8c6b-6f9b3e1a2b3c gone", "job <uuid> gone"],
  ["key 'user id' and \"a 'b' c\" and `x`", "key <value> and <value> and <value>"],
  ["can't read user's card", "can't read user's card"],
  ["at 0xDEADbeef of deadbeefcafe", "at <hex> of <id>"],
  ["timed out after 1500ms, -1.5 of 2,000 s", "timed out after <n>ms, <n> of <n> s"],
  ["ord_9f2c and AB-12-x", "<id> and AB-<n>-x"],
  ["192.168.0.1:5432 refused", "<n>:<n> refused"],
  [" two\n\tlines\u0000 ", "two lines"],
  ["", ""],
])("%j", (message, template) => {
  expect(messageTemplate(message)).toBe(template);
});

test("ids of any kind leave the same template", () => {
  const id = fc.oneof(fc.uuid(), fc.nat().map(String));
  const template = (value: string) => messageTemplate(`order ${value} failed`).replace("<uuid>", "<n>");
  fc.assert(
    fc.property(id, id, (one, other) => {
      expect(template(one)).toBe(template(other));
    }),
  );
});

test("a long message is cut", () => {
  expect(messageTemplate("word ".repeat(100_000))).toHaveLength(300);
});
