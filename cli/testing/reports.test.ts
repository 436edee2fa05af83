import { expect, test } from "vitest";
import { summaryLine, tallyPlaywright, tallyVitest } from "./reports.ts";

test("vitest: skips keep their names, and a file that did not load is a failure", () => {
  const tally = tallyVitest(
    JSON.stringify({
      testResults: [
        {
          name: "/a.test.ts",
          status: "failed",
          assertionResults: [
            { status: "passed", fullName: "adds" },
            { status: "failed", fullName: "subtracts" },
            { status: "skipped", fullName: "divides" },
            { status: "todo", fullName: "multiplies" },
          ],
        },
        { name: "/broken.test.ts", status: "failed", assertionResults: [] },
      ],
    }),
  );
  expect(tally).toEqual({
    passed: 1,
    failed: ["subtracts", "/broken.test.ts"],
    skipped: [
      { name: "divides", reason: "no reason given" },
      { name: "multiplies", reason: "not written yet" },
    ],
  });
});

test("playwright: nested suites, reasons of skips, second tries and errors outside of tests", () => {
  const spec = (title: string, status: string, annotations: object[] = []) => ({ title, tests: [{ status, annotations }] });
  const tally = tallyPlaywright(
    JSON.stringify({
      suites: [
        {
          title: "resend.spec.ts",
          specs: [spec("one", "expected"), spec("two", "flaky")],
          suites: [{ title: "bulk", specs: [spec("three", "unexpected"), spec("four", "skipped", [{ type: "skip", description: "no broker" }])] }],
        },
      ],
      errors: [{ message: "the server did not start" }],
    }),
  );
  expect(tally).toEqual({
    passed: 1,
    failed: ["resend.spec.ts > bulk > three", "resend.spec.ts > two (passed only at a second try)", "the server did not start"],
    skipped: [{ name: "resend.spec.ts > bulk > four", reason: "no broker" }],
  });
});

test("the last line adds up", () => {
  const skip = { name: "x", reason: "y" };
  expect(summaryLine([{ passed: 2, failed: ["a"], skipped: [] }, { passed: 40, failed: [], skipped: [skip, skip] }])).toBe("42 passed, 1 failed, 2 skipped");
});
