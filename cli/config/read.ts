import { type Document, isCollection, isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from "yaml";
import { check, type Checked, type RedriveConfig } from "#core/config/check.ts";
import type { ConfigIssue, ConfigPath } from "#core/config/issues.ts";
import { patternProblem } from "#server/services/pattern-search.ts";
import { type Referents, resolveReferences } from "./references.ts";

/** One thing wrong in redrive.yaml; lines and columns count from 1. No value of the file is in it. */
export type ConfigError = {
  readonly line: number;
  readonly column: number;
  /** As people write it: `connections[0].settings.port`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  readonly fix: string;
};

export type ReadConfig = { readonly config: RedriveConfig } | { readonly errors: readonly ConfigError[] };

const LONGEST = 1_000_000;
const ALIASES = 100;

/** Reads the text of redrive.yaml. Tells every error it can see at once, in the order of the file. */
export function readConfig(text: string, referents: Referents): ReadConfig {
  if (text.length > LONGEST) return { errors: [whole(`is longer than ${LONGEST} characters`, "Is this the right file?")] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  if (document.errors.length > 0) {
    return { errors: document.errors.map(({ pos, message }) => ({ ...place(pos[0]), path: "", message: `is not YAML: ${withoutText(message)}`, fix: "Correct the syntax; indent with spaces." })) };
  }
  const plain = toValue(document);
  if (plain === undefined) return { errors: [whole("repeats itself too often through aliases (*name)", "Write the values out.")] };

  const { value, issues } = resolveReferences(plain.value, referents);
  const checked = withPatterns(check(value));
  if (issues.length === 0 && "config" in checked) return checked;

  // What a missing reference left empty would be complained about a second time.
  const first = new Set(issues.map(({ path }) => written(path)));
  const rest = "issues" in checked ? checked.issues.filter(({ path }) => !first.has(written(path))) : [];
  const errors = [...issues, ...rest].map((issue) => locate(document, issue, place));
  return { errors: errors.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

/** Whether the patterns of routes are some: core has no engine for them. */
function withPatterns(checked: Checked): Checked {
  if ("issues" in checked) return checked;
  const issues = checked.config.routes.flatMap(({ written }, route) =>
    written.rules.flatMap(({ pattern }, rule): ConfigIssue[] => {
      const problem = pattern === undefined ? null : patternProblem(pattern);
      return problem === null ? [] : [{ path: ["routes", route, "rules", rule, "pattern"], message: "is no pattern of RE2", fix: "Correct it; https://github.com/google/re2/wiki/Syntax has the syntax." }];
    }),
  );
  return issues.length === 0 ? checked : { issues };
}

/** The parser's complaint without the piece of the file it may quote at its end. */
const withoutText = (message: string): string => message.replace(/:\s*["'`].*$/s, "");

function toValue(document: Document): { value: unknown } | undefined {
  try {
    return { value: document.toJS({ maxAliasCount: ALIASES }) as unknown };
  } catch {
    return undefined;
  }
}

function locate(document: Document, { path, message, fix }: ConfigIssue, place: (offset: number) => { line: number; column: number }): ConfigError {
  return { ...place(offsetOf(document.contents, path)), path: written(path), message, fix };
}

/** Where a path stands in the text: at its key, or, where it is missing, at the nearest thing around it. */
function offsetOf(contents: unknown, path: ConfigPath): number {
  let node = contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (!isCollection(node)) break;
    const item: unknown = isMap(node)
      ? node.items.find(({ key }) => (isScalar(key) ? String(key.value) : key) === String(part))
      : node.items[Number(part)];
    if (item === undefined) break;
    offset = startOf(isPair(item) ? item.key : item) ?? offset;
    node = isPair(item) ? item.value : item;
  }
  return offset;
}

const startOf = (node: unknown): number | undefined => (node as Partial<Node> | null | undefined)?.range?.[0];

/** A path as text; keys are cut and cleaned, since they come from the file. */
function written(path: ConfigPath): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : `${index > 0 ? "." : ""}${part.slice(0, 80)}`)).join("");
}

const whole = (message: string, fix: string): ConfigError => ({ line: 1, column: 1, path: "", message, fix });
