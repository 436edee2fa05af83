import { execFile, spawn, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "redrive-test-brokers");

/** Why no Java server can be started here, or null. */
export async function whyNoJava(): Promise<string | null> {
  try {
    await run("java", ["-version"]);
    await run("mvn", ["-version"]);
    return null;
  } catch (error) {
    return `java and mvn are needed to start it: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  }
}

/** The class path of artifacts (`group:artifact:version`) with all they need, from Maven; remembered for the next run. */
export async function classPath(artifacts: readonly string[]): Promise<string> {
  const file = join(CACHE, `${createHash("sha256").update(artifacts.join()).digest("hex").slice(0, 16)}.classpath`);
  const known = await readFile(file, "utf8").catch(() => null);
  if (known !== null && (await allThere(known.split(delimiter)))) return known;
  const folder = await mkdtemp(join(tmpdir(), "redrive-maven-"));
  try {
    await writeFile(join(folder, "pom.xml"), pom(artifacts));
    const out = join(folder, "classpath");
    await run("mvn", ["-q", "-B", "dependency:build-classpath", `-Dmdep.outputFile=${out}`], { cwd: folder, maxBuffer: 1e8 });
    const path = (await readFile(out, "utf8")).trim();
    await mkdir(CACHE, { recursive: true });
    await writeFile(file, path);
    return path;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const allThere = (paths: readonly string[]): Promise<boolean> =>
  Promise.all(paths.map((path) => access(path))).then(
    () => true,
    () => false,
  );

function pom(artifacts: readonly string[]): string {
  const dependencies = artifacts.map((artifact) => {
    const [group, name, version] = artifact.split(":");
    return `<dependency><groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
    <groupId>redrive</groupId><artifactId>brokers</artifactId><version>1</version><packaging>pom</packaging>
    <dependencies>${dependencies.join("")}</dependencies></project>`;
}

export type JavaProcess = {
  readonly process: ChildProcess;
  /** Throws with the end of its log when it has ended by itself. */
  alive(): void;
  /** Asks it to end, and kills it after `graceMs`. Resolves when it is gone. */
  stop(graceMs?: number): Promise<void>;
  kill9(): Promise<void>;
};

export type JavaOptions = {
  readonly classPath: string;
  readonly main: string;
  readonly args: readonly string[];
  /** For the virtual machine: heap, system properties. */
  readonly jvm: readonly string[];
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts a Java program; its output goes to `<main>.log` in its working folder. */
export async function startJava({ classPath, main, args, jvm, cwd, env = {} }: JavaOptions): Promise<JavaProcess> {
  const path = join(cwd, `${main}.log`);
  const log = await open(path, "a");
  const child = spawn("java", [...jvm, "-cp", classPath, main, ...args], { cwd, stdio: ["ignore", log.fd, log.fd], env: { ...process.env, ...env } });
  await log.close();
  let ended: string | null = null;
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      ended = error.message;
      resolve();
    });
    child.once("exit", (code, signal) => {
      ended = `exit code ${code ?? signal}`;
      resolve();
    });
  });
  const end = async (signal: NodeJS.Signals, graceMs: number): Promise<void> => {
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
    await gone;
    clearTimeout(timer);
  };
  return {
    process: child,
    alive: () => {
      if (ended !== null) throw new Error(`${main} ended (${ended}), see ${path}`);
    },
    stop: (graceMs = 10_000) => end("SIGTERM", graceMs),
    kill9: () => end("SIGKILL", 0),
  };
}
