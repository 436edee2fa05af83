import { execFile } from "node:child_process";
import { expect, test } from "vitest";

const run = (rejection: string): Promise<{ code: number; output: string }> => {
  const script = `
    import { surviveLostConnections } from "#workers/runtime/stray-rejections.ts";
    surviveLostConnections({ warn: (facts, text) => console.log(text) });
    void Promise.reject(${rejection});
    setTimeout(() => console.log("still here"), 50);`;
  return new Promise((resolve) => {
    execFile(process.execPath, ["--input-type=module-typescript", "--eval", script], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
    });
  });
};

test("a connection that was lost while it was made does not end the process", async () => {
  const { code, output } = await run('Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" })');
  expect({ code, output }).toEqual({ code: 0, output: "a connection to Postgres was lost while it was being made\nstill here\n" });
});

test("any other rejection that nobody handles does", async () => {
  const { code, output } = await run('new Error("a mistake of ours")');
  expect(code).not.toBe(0);
  expect(output).toContain("a mistake of ours");
  expect(output).not.toContain("still here");
});
