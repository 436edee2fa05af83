import { readFileSync } from "node:fs";
import { basename } from "node:path";
import type { RedriveConfig } from "#core/config/check.ts";
import { printable } from "../process/text.ts";
import { type ConfigError, readConfig } from "./read.ts";

type Where = { readonly configFile: string; readonly all: Readonly<Record<string, string | undefined>> };

/** `fine`: it can be used; without a `config` there is no file, and there need not be one. */
export type FileCheck = { readonly fine: boolean; readonly config?: RedriveConfig };

/** Reads redrive.yaml and prints what is wrong with it, a paragraph an error. */
export function checkConfig({ configFile, all }: Where, say: (line: string) => void, { mayBeAbsent }: { mayBeAbsent: boolean }): FileCheck {
  const text = read(configFile);
  if (text === undefined) {
    if (!mayBeAbsent) say(`There is no ${configFile}. Copy redrive.example.yaml to begin one.`);
    return { fine: mayBeAbsent };
  }
  const result = readConfig(text, { env: all, readFile: (path) => readFileSync(path, "utf8") });
  if ("config" in result) {
    const { connections, sources, routes } = result.config;
    say(`${basename(configFile)}: ${connections.length} connections, ${sources.length} sources, ${routes.length} routes`);
    return { fine: true, config: result.config };
  }
  for (const error of result.errors) for (const line of describe(configFile, error)) say(line);
  return { fine: false };
}

/** One error for a terminal: place, what is wrong, what to do. */
export function describe(file: string, { line, column, path, message, fix }: ConfigError): string[] {
  return [printable(`${basename(file)}:${line}:${column}  ${path === "" ? "the file" : path} ${message}`), printable(`    ${fix}`)];
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
