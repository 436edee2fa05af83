import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../env.ts";
import { ended, startOnce } from "./child.ts";

test("what a child forks keeps its own channel: a build's workers do not end early", async () => {
  const lines: string[] = [];
  const program = { name: "build", args: [join(ROOT, "test/programs/forker.ts")], env: {}, cwd: ROOT };
  expect(await ended(startOnce(program, (line) => lines.push(line)))).toBe("exit code 0");
  expect(lines).toEqual(["answer 42"]);
});
