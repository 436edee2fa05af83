import { expect, test } from "vitest";
import { auditQueryFrom } from "./audit.ts";

test("reads an address, numbers as numbers", () => {
  expect(auditQueryFrom({ act: "session.sign_in", actorId: "a", from: "2026-01-01T00:00:00Z", before: "17" })).toEqual({
    act: "session.sign_in",
    actorId: "a",
    from: "2026-01-01T00:00:00Z",
    before: 17,
  });
});

test("leaves out what can not be used", () => {
  expect(auditQueryFrom({ act: "", from: "yesterday", before: "-1", after: "x", other: "1", to: ["a", "b"], __proto__: undefined })).toEqual({});
});
