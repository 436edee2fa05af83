import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { BROKER_KINDS } from "#core/brokers/index.ts";
import { BROKERS_FILE, brokersPage } from "./brokers-page.ts";

test("docs/brokers.md is what the manifests say; npm run schema writes it anew", () => {
  expect(readFileSync(BROKERS_FILE, "utf8")).toBe(brokersPage());
  for (const kind of BROKER_KINDS) expect(brokersPage()).toContain(`(\`${kind}\`)`);
});
