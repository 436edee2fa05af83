import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { contentSecurityPolicy, NOTICE_STYLES, pageHeaders } from "./page-headers.ts";

const sourceOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

test("the hashes are those of the installed notice library's styles", async () => {
  const library = await readFile(createRequire(import.meta.url).resolve("sonner"), "utf8");
  const literal = /__insertCSS\(("(?:[^"\\]|\\.)*")\)/.exec(library)?.[1];
  expect(literal).toBeDefined();
  expect(NOTICE_STYLES).toEqual([sourceOf(""), sourceOf(JSON.parse(literal ?? '""'))]);
});

test("scripts run by nonce only, and nothing is framed, embedded or sent elsewhere", () => {
  const policy = contentSecurityPolicy("abc", { development: false });
  const directives = Object.fromEntries(policy.split("; ").map((each) => [each.split(" ")[0], each.split(" ").slice(1).join(" ")]));
  expect(directives).toMatchObject({
    "default-src": "'none'",
    "script-src": "'nonce-abc' 'strict-dynamic'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
    "connect-src": "'self'",
  });
  expect(policy).not.toContain("unsafe-eval");
  expect(policy.replace("style-src-attr 'unsafe-inline'", "")).not.toContain("unsafe-inline");
});

test("HSTS goes out over https only", () => {
  expect(pageHeaders({ https: true })).toHaveProperty("strict-transport-security");
  expect(pageHeaders({ https: false })).not.toHaveProperty("strict-transport-security");
});
