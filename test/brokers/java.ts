import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { access, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { startServer, type ServerProcess } from "./process.ts";

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
export const startJava = ({ classPath, main, args, jvm, cwd, env = {} }: JavaOptions): Promise<ServerProcess> =>
  startServer({ command: "java", args: [...jvm, "-cp", classPath, main, ...args], cwd, output: join(cwd, `${main}.log`), env });
