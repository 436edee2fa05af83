import { expect, test } from "vitest";
import { contractTable } from "./contract-table.ts";

const result = (kind: string, title: string, status: string) => ({ status, title, ancestorTitles: [`adapter contract: ${kind}`] });

test("cases by kind, with what failed, was skipped or does not apply", () => {
  const report = JSON.stringify({
    testResults: [
      { assertionResults: [result("B", "stops", "passed"), result("B", "discovers", "failed")] },
      { assertionResults: [result("A one", "stops", "pending"), { status: "passed", title: "else", ancestorTitles: [] }] },
    ],
  });
  expect(contractTable(report)).toEqual([
    "adapter contract (- does not apply)  A one    B",
    "stops                                skipped  ok",
    "discovers                            -        FAILED",
  ]);
});

test("nothing where the contract did not run", () => {
  expect(contractTable(JSON.stringify({ testResults: [] }))).toEqual([]);
});
