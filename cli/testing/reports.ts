/** What a step found. */
export type Tally = {
  readonly passed: number;
  /** Names of what failed. */
  readonly failed: readonly string[];
  readonly skipped: readonly Skip[];
};
type Skip = { readonly name: string; readonly reason: string };

const NO_REASON = "no reason given";

type VitestReport = {
  testResults: { name: string; status: string; assertionResults: { status: string; fullName: string; meta?: { reason?: string } }[] }[];
};

/** Counts the report of vitest's `json` reporter; a file that failed to load counts as one failure. */
export function tallyVitest(text: string): Tally {
  const report = JSON.parse(text) as VitestReport;
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const brokenFiles = report.testResults.filter(({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"));
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failed: [...tests.filter(({ status }) => status === "failed").map(({ fullName }) => fullName), ...brokenFiles.map(({ name }) => name)],
    skipped: tests
      .filter(({ status }) => status !== "passed" && status !== "failed")
      .map(({ fullName, status, meta }) => ({ name: fullName, reason: meta?.reason ?? (status === "todo" ? "not written yet" : NO_REASON) })),
  };
}

type PlaywrightTest = { status: string; annotations: { type: string; description?: string }[] };
type PlaywrightSuite = { title: string; suites?: PlaywrightSuite[]; specs?: { title: string; tests: PlaywrightTest[] }[] };
type PlaywrightReport = { suites: PlaywrightSuite[]; errors: { message?: string }[] };

/** Counts the report of Playwright's `json` reporter; a test that passed only at a second try counts as failed. */
export function tallyPlaywright(text: string): Tally {
  const report = JSON.parse(text) as PlaywrightReport;
  const tests = report.suites.flatMap((suite) => testsOf(suite, []));
  return {
    passed: tests.filter(({ test }) => test.status === "expected").length,
    failed: [
      ...tests.filter(({ test }) => test.status === "unexpected").map(({ name }) => name),
      ...tests.filter(({ test }) => test.status === "flaky").map(({ name }) => `${name} (passed only at a second try)`),
      ...report.errors.map(({ message }) => message ?? "an error outside of any test"),
    ],
    skipped: tests.filter(({ test }) => test.status === "skipped").map(({ name, test }) => ({ name, reason: reasonOf(test) })),
  };
}

function testsOf(suite: PlaywrightSuite, above: readonly string[]): { name: string; test: PlaywrightTest }[] {
  const titles = [...above, suite.title];
  const own = (suite.specs ?? []).flatMap((spec) => spec.tests.map((test) => ({ name: [...titles, spec.title].join(" > "), test })));
  return [...own, ...(suite.suites ?? []).flatMap((inner) => testsOf(inner, titles))];
}

const reasonOf = ({ annotations }: PlaywrightTest): string =>
  annotations.find(({ type }) => type === "skip" || type === "fixme")?.description ?? NO_REASON;

/** The line everything ends with. */
export const summaryLine = (tallies: readonly Tally[]): string => {
  const count = (of: (tally: Tally) => number): number => tallies.reduce((sum, tally) => sum + of(tally), 0);
  return `${count(({ passed }) => passed)} passed, ${count(({ failed }) => failed.length)} failed, ${count(({ skipped }) => skipped.length)} skipped`;
};
