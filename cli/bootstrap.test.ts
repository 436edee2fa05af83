import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, expect, test } from "vitest";
import { alive } from "#db/embedded/process.ts";
import { eventually } from "#test/eventually.ts";
import { ROOT } from "./env.ts";

let clone = "";

beforeEach(async () => {
  clone = await mkdtemp(join(tmpdir(), "redrive-bootstrap-"));
  await mkdir(join(clone, "cli"));
  await copyFile(join(ROOT, "cli/bootstrap.mjs"), join(clone, "cli/bootstrap.mjs"));
  await writeFile(join(clone, "script.ts"), "const name: string = 'ran'; console.log(name, process.argv.slice(2).join()); process.exitCode = 7;\n");
  await write("package-lock.json", lock({ "node_modules/a": { version: "1.0.0" }, "node_modules/other-os": { version: "1.0.0", optional: true } }));
});

afterEach(() => rm(clone, { recursive: true, force: true }));

type Packages = Record<string, { version: string; optional?: boolean }>;
const lock = (packages: Packages): string => JSON.stringify({ lockfileVersion: 3, packages: { "": { name: "clone" }, ...packages } });

async function write(path: string, text: string): Promise<void> {
  await mkdir(join(clone, path, ".."), { recursive: true });
  await writeFile(join(clone, path), text);
}

async function installed(packages: Packages): Promise<void> {
  await write("node_modules/.package-lock.json", lock(packages));
  await mkdir(join(clone, "node_modules/.bin"), { recursive: true });
  await symlink(process.execPath, join(clone, "node_modules/.bin/node"));
}

/** An npm that notes how it was called and installs what the lock file says, or fails. */
async function fakeNpm(how: "installs" | "fails"): Promise<void> {
  const body =
    how === "fails"
      ? "echo 'npm error network' >&2; exit 1"
      : `echo "$@" > "${clone}/npm-called"; mkdir -p node_modules/.bin; cp package-lock.json node_modules/.package-lock.json; ln -sf "${process.execPath}" node_modules/.bin/node`;
  await write("bin/npm", `#!/bin/sh\n${body}\n`);
  await chmod(join(clone, "bin/npm"), 0o755);
}

/** Runs the bootstrap as a Node of `version` would. */
function bootstrap(version = process.version): Promise<{ code: number | null; output: string }> {
  const pretend = `data:text/javascript,Object.defineProperty(process, "version", { value: "${version}" })`;
  const child = spawn(process.execPath, ["--import", pretend, join(clone, "cli/bootstrap.mjs"), "script.ts", "x", "y"], {
    env: { NODE_ENV: "test", PATH: `${join(clone, "bin")}:/usr/bin:/bin` },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, output })));
}

test("killed npm takes everything with it", async () => {
  await installed({ "node_modules/a": { version: "1.0.0" } });
  await write("script.ts", "console.log(process.pid); setInterval(() => {}, 1000);\n");
  // The shell stands between npm and us, and dies without a word to its child.
  const shell = spawn("/bin/sh", ["-c", `"${process.execPath}" "${join(clone, "cli/bootstrap.mjs")}" script.ts; true`], {
    env: { npm_lifecycle_event: "start", NODE_ENV: "test" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface({ input: shell.stdout }), "line")) as [string];
  shell.kill("SIGKILL");
  await eventually(() => !alive(Number(line)));
});

const npmCalls = (): Promise<string> => readFile(join(clone, "npm-called"), "utf8").catch(() => "");

test("installed as the lock file says: it runs the script at once, with its arguments and exit code", async () => {
  await fakeNpm("installs");
  await installed({ "node_modules/a": { version: "1.0.0" } });
  expect(await bootstrap()).toEqual({ code: 7, output: "ran x,y\n" });
  expect(await npmCalls()).toBe("");
});

test("a fresh clone is installed first", async () => {
  await fakeNpm("installs");
  const { code, output } = await bootstrap();
  expect(code).toBe(7);
  expect(output).toMatch(/^Installing packages \(node_modules is missing\)(.|\n)*ran x,y\n$/);
  expect(await npmCalls()).toBe("ci --no-audit --no-fund --loglevel=error\n");
});

test("an install that is older than the lock file, or unfinished, is made anew", async () => {
  await fakeNpm("installs");
  await installed({ "node_modules/a": { version: "0.9.0" } });
  expect((await bootstrap()).output).toContain("(a is 0.9.0, package-lock.json says 1.0.0)");
  await rm(join(clone, "node_modules/.package-lock.json"));
  expect((await bootstrap()).output).toContain("an earlier install was not finished");
});

test("a failed install says what to look at", async () => {
  await fakeNpm("fails");
  const { code, output } = await bootstrap();
  expect(code).toBe(1);
  expect(output).toContain("npm error network");
  expect(output).toContain("the registry cannot be reached");
  expect(output).not.toContain("ran");
});

test("a Node too old to install is refused in words", async () => {
  const { code, output } = await bootstrap("v18.19.0");
  expect(code).toBe(1);
  expect(output).toContain("needs Node 20 or newer to install itself; this is v18.19.0");
});

test("without the packaged Node, as where install scripts are off, an older Node is told what to do", async () => {
  await write("node_modules/.package-lock.json", lock({ "node_modules/a": { version: "1.0.0" } }));
  const old = await bootstrap("v20.20.2");
  expect(old.code).toBe(1);
  expect(old.output).toContain("npm rebuild node --ignore-scripts=false");
  expect(await bootstrap("v24.1.0")).toEqual({ code: 7, output: "ran x,y\n" });
});
