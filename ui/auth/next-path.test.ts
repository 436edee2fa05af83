import { expect, test } from "vitest";
import { nextPath } from "./next-path.ts";

test.each(["/audit?act=session.sign_in", "/messages/1#body", "/%E6%B5%8B"])("goes to %s", (path) => {
  expect(nextPath(path)).toBe(path);
});

test.each([
  null,
  undefined,
  "",
  "https://evil.test/",
  "//evil.test",
  "/\\evil.test",
  "/\t/evil.test",
  "\\\\evil.test",
  "javascript:alert(1)",
  "evil",
  "/api/auth/sign-out",
  "/.//evil.test",
])("does not go to %j", (path) => {
  expect(nextPath(path)).toBe("/");
});
