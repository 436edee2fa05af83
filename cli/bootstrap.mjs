// What `npm run demo`, `npm start`, `npm test` call first: on a fresh clone it installs, then it runs the given script
// with Redrive's own Node. Plain JavaScript without imports from npm, for whatever Node (20 or newer) is there.
//
//   node cli/bootstrap.mjs cli/redrive.ts demo
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
/** From here on Node runs TypeScript files by itself. */
const RUNS_TYPESCRIPT = 24;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const at = (...names) => join(root, ...names);
const say = (line) => process.stderr.write(`${line}\n`);
const stop = (...lines) => {
  for (const line of lines) say(line);
  process.exit(1);
};
const major = (version) => Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);

const [script, ...args] = process.argv.slice(2);
if (script === undefined) stop("Which script? For example: node cli/bootstrap.mjs cli/redrive.ts demo");

if (major(process.version) < OLDEST_NODE) {
  stop(
    `Redrive needs Node ${OLDEST_NODE} or newer to install itself; this is ${process.version} (${process.execPath}).`,
    "Install a current Node from https://nodejs.org or your system's packages, then run the same command again.",
  );
}

const reason = whyInstall();
if (reason !== undefined) install(reason);
run(findNode());

/** Why `npm ci` has to run, in words; undefined where node_modules is what package-lock.json asks for. */
function whyInstall() {
  if (!existsSync(at("node_modules"))) return "node_modules is missing";
  const installed = packages(at("node_modules", ".package-lock.json"));
  if (installed === undefined) return "an earlier install was not finished";
  const wanted = packages(at("package-lock.json"));
  if (wanted === undefined) stop("package-lock.json is missing or damaged. Restore it: git checkout package-lock.json");
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === "" || entry.link) continue;
    const version = installed[path]?.version;
    // Packages for other systems are in the lock file and rightly not on this disk.
    if (version === undefined && (entry.optional || entry.devOptional || entry.peer)) continue;
    if (version !== entry.version) return `${path.replace(/^node_modules\//, "")} is ${version ?? "missing"}, package-lock.json says ${entry.version}`;
  }
  return undefined;
}

function packages(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function install(why) {
  say(`Installing packages (${why}): npm ci, about a minute ...`);
  const began = Date.now();
  // oxlint-disable-next-line node/no-process-env -- runs before there is anything to import
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  // npm's own Node where npm called us: the one in node_modules/.bin goes away while it runs.
  const [file, first] = npm !== undefined && /\.[cm]?js$/.test(npm) ? [node ?? process.execPath, [npm]] : ["npm", []];
  // Only errors: an older Node that installs is warned about packages which it will not run. Also under `npm run -s`.
  const done = spawnSync(file, [...first, "ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (done.status !== 0) {
    stop(
      "",
      `npm ci failed (${done.error?.message ?? `exit code ${done.status ?? done.signal}`}); its own words are above. Usual causes:`,
      "  - the registry cannot be reached: see `npm config get registry`, proxy and network",
      "  - the disk is full: about 1 GB is needed here",
      "  - the folder cannot be written by this user",
      "Then run the same command again.",
    );
  }
  say(`Installed in ${Math.round((Date.now() - began) / 1000)} s.`);
}

/** Path of a Node that runs TypeScript: the one of the `node` package, else this one where it is new enough. */
function findNode() {
  const own = at("node_modules", ".bin", process.platform === "win32" ? "node.cmd" : "node");
  const asked = spawnSync(own, ["--version"], { encoding: "utf8", shell: process.platform === "win32" });
  if (asked.status === 0 && major(asked.stdout.trim()) >= RUNS_TYPESCRIPT) return own;
  if (major(process.version) >= RUNS_TYPESCRIPT) return process.execPath;
  return stop(
    `Redrive runs on Node ${RUNS_TYPESCRIPT}; this is ${process.version}, and the Node that comes with the packages is not in place.`,
    "Most likely npm's install scripts are turned off on this machine (npm config get ignore-scripts). Either",
    "  npm rebuild node --ignore-scripts=false     lets that one package put its Node in node_modules/.bin",
    `  or install Node ${RUNS_TYPESCRIPT} or newer yourself (https://nodejs.org)`,
    "and run the same command again.",
  );
}

function run(node) {
  const child = spawn(node, [at(script), ...args], { stdio: "inherit" });
  // Ctrl-C reaches the child by itself; this process stays until the child has tidied up. A kill is passed on.
  process.on("SIGINT", () => undefined);
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  stopWithNpm(child);
  child.on("error", (error) => stop(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

/** A kill of npm ends npm and its shell and goes no further: whoever is left without them stops too. */
function stopWithNpm(child) {
  // oxlint-disable-next-line node/no-process-env -- runs before there is anything to import
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 500);
  watch.unref();
}
