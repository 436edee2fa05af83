import { expect, test } from "vitest";
import { ARROWS } from "#core/message/state.ts";

const MOVERS = { operator: "an operator orders it", worker: "a worker observed it" } as const;

test("docs/states.md draws the table of arrows", async () => {
  const lines = ARROWS.map(([from, to, mover]) => `  ${from} --> ${to}: ${mover}`);
  const rows = ARROWS.map(([from, to, mover]) => `| ${from} | ${to} | ${MOVERS[mover]} |`);
  const page = [
    "# States of a message",
    "",
    "Generated from `core/message/state.ts`; `npx vitest run test/guards/states-drawn -u` writes it anew.",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "  [*] --> dead: captured",
    ...lines,
    "```",
    "",
    "| from | to | by |",
    "|---|---|---|",
    ...rows,
    "",
  ].join("\n");
  await expect(page).toMatchFileSnapshot("../../docs/states.md");
});
