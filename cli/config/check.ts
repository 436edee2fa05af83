import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { RedriveConfig } from "#core/config/check.ts";
import { printable } from "../process/text.ts";
import { type ConfigError, readConfig } from "./read.ts";

type Where = { readonly configFile: string; readonly all: Readonly<Record<string, string | undefined>> };

/**
 * Reads redrive.yaml and prints what is wrong with it, a paragraph an error. Returns the configuration, an empty one
 * where the file is absent and may be, or `undefined` after complaints.
 */
export function checkConfig(
  { configFile, all }: Where,
  say: (line: string) => void,
  { mayBeAbsent }: { mayBeAbsent: boolean },
): RedriveConfig | undefined {
  const text = read(configFile, mayBeAbsent);
  if (text === undefined) {
    say(`There is no ${configFile}. Copy redrive.example.yaml to begin one.`);
    return undefined;
  }
  const result = readConfig(text, { env: all, readFile: (path) => readFileSync(path, "utf8") });
  if ("config" in result) {
    const { connections, sources } = result.config;
    if (text !== "") say(`${basename(configFile)}: ${connections.length} connections, ${sources.length} sources`);
    return result.config;
  }
  for (const error of result.errors) for (const line of describe(configFile, error)) say(line);
  return undefined;
}

/** One error for a terminal: place, what is wrong, what to do. */
export function describe(file: string, { line, column, path, message, fix }: ConfigError): string[] {
  return [printable(`${basename(file)}:${line}:${column}  ${path === "" ? "the file" : path} ${message}`), printable(`    ${fix}`)];
}

function read(path: string, mayBeAbsent: boolean): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return mayBeAbsent ? "" : undefined;
  }
}
