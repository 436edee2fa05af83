type Report = { testResults: { assertionResults: { status: string; ancestorTitles: string[]; title: string }[] }[] };

const SUITE = "adapter contract: ";
const HEAD = "adapter contract (- does not apply)";
const MARKS: Readonly<Record<string, string>> = { passed: "ok", failed: "FAILED" };

/** Of vitest's `json` report: which case of the adapter contract held for which broker, as lines of a table. */
export function contractTable(report: string): string[] {
  const cases = new Map<string, Map<string, string>>();
  const kinds = new Set<string>();
  for (const { assertionResults } of (JSON.parse(report) as Report).testResults)
    for (const { status, ancestorTitles, title } of assertionResults) {
      const suite = ancestorTitles.find((name) => name.startsWith(SUITE));
      if (suite === undefined) continue;
      const kind = suite.slice(SUITE.length);
      kinds.add(kind);
      const row = cases.get(title) ?? new Map<string, string>();
      cases.set(title, row.set(kind, MARKS[status] ?? "skipped"));
    }
  if (kinds.size === 0) return [];
  const columns = [...kinds].toSorted();
  const first = Math.max(HEAD.length, ...[...cases.keys()].map((title) => title.length));
  const widths = columns.map((kind) => Math.max(kind.length, ...[...cases.values()].map((row) => (row.get(kind) ?? "-").length)));
  const line = (title: string, cells: readonly string[]): string =>
    [title.padEnd(first), ...cells.map((cell, at) => cell.padEnd(widths[at] ?? 0))].join("  ").trimEnd();
  return [
    line(HEAD, columns),
    ...[...cases].map(([title, row]) =>
      line(
        title,
        columns.map((kind) => row.get(kind) ?? "-"),
      ),
    ),
  ];
}
