import type { z } from "zod";
import { BROKER_KINDS } from "../brokers/index.ts";

/** Where in the file, by keys and positions. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong in the file. Never holds a value of the file, which may be a secret. */
export type ConfigIssue = { readonly path: ConfigPath; readonly message: string; readonly fix: string };

/** An issue of zod with `value` in our words; none of the values is repeated. `base` is where `value` stands. */
export function inWords(issue: z.core.$ZodIssue, base: ConfigPath, value: unknown): ConfigIssue {
  const path = [...base, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  switch (issue.code) {
    case "unrecognized_keys": {
      const [key = ""] = issue.keys;
      return { path: [...path, key], message: "is not a key that belongs here", fix: "Correct its spelling or remove it; docs/configuration.md has the list." };
    }
    case "invalid_type":
      return isAbsent(value, issue.path)
        ? { path, message: "is missing", fix: `Add it: ${a(issue.expected)}.` }
        : { path, message: `must be ${a(issue.expected)}`, fix: "Write it as such; numbers and true/false without quotes." };
    case "invalid_value":
      return { path, message: `must be one of ${issue.values.map(String).join(", ")}`, fix: "Choose one of them." };
    case "invalid_union":
      return path[0] === "connections"
        ? { path, message: `must be one of ${BROKER_KINDS.join(", ")}`, fix: "Choose the broker's kind." }
        : { path, message: "is of no kind that there is", fix: "Choose one of docs/configuration.md." };
    case "too_small":
      return { path, message: `must ${bound(issue.origin, "at least", issue.minimum)}`, fix: "Correct the value." };
    case "too_big":
      return { path, message: `must ${bound(issue.origin, "at most", issue.maximum)}`, fix: "Correct the value." };
    default:
      return { path, message: issue.message, fix: "Correct the value." };
  }
}

function isAbsent(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const key of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return true;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at === undefined || at === null;
}

const WORDS: Readonly<Record<string, string>> = { int: "a whole number", number: "a number", boolean: "true or false", string: "text", object: "a group of keys", array: "a list" };
const a = (type: string): string => WORDS[type] ?? `a ${type}`;

function bound(origin: string, side: "at least" | "at most", limit: number | bigint): string {
  if (origin !== "string") return `be ${side} ${limit}`;
  return side === "at least" && Number(limit) === 1 ? "not be empty" : `have ${side} ${limit} characters`;
}
