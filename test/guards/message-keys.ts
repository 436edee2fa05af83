/** Where words are used: `namespace.key`, or for composed keys the literal beginning `namespace.prefix.`. */
export type Usage = { keys: Set<string>; prefixes: Set<string>; problems: string[] };

const DECLARATION = /\bconst\s+(\w+)\s*=\s*(?:await\s+)?(?:useTranslations|getTranslator)\(\s*"([\w.-]+)"\s*\)/gu;
/** `(await getTranslator("ns"))("key")`, where a title is all that is wanted. */
const AT_ONCE = /\(await getTranslator\(\s*"([\w.-]+)"\s*\)\)\(\s*/gu;
const PARAMETER = /\b(\w+)\s*:\s*Translate<"([\w.-]+)">/gu;
const ANY_CALL = /\b(?:useTranslations|getTranslator)\(/gu;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gmu;

type Scope = { at: number; name: string; namespace: string };

function scopesOf(source: string): Scope[] {
  return [...source.matchAll(DECLARATION), ...source.matchAll(PARAMETER)]
    .map(({ index, 1: name = "", 2: namespace = "" }) => ({ at: index, name, namespace }))
    .toSorted((a, b) => b.at - a.at);
}

function addArgument(usage: Usage, namespace: string, argument: string, where: string): void {
  const literal = /^"([\w.-]+)"/u.exec(argument)?.[1] ?? /^`([\w.-]+)`/u.exec(argument)?.[1];
  if (literal !== undefined) {
    usage.keys.add(`${namespace}.${literal}`);
    return;
  }
  const choices = argument.startsWith("`") ? [] : choicesOf(argument);
  if (choices.length > 0) {
    for (const choice of choices) usage.keys.add(`${namespace}.${choice}`);
    return;
  }
  // A translator of a part of a namespace may be asked for anything in that part.
  if (namespace.includes(".") && /^(?:[\w.]+[,)]|`\$\{)/u.test(argument)) {
    usage.prefixes.add(`${namespace}.`);
    return;
  }
  const prefix = /^`([\w.-]*)\$\{/u.exec(argument)?.[1];
  // Field names come from the manifests of core/brokers, so nothing literal stands before them.
  if (prefix?.endsWith(".") || (prefix !== undefined && namespace === "brokers")) {
    usage.prefixes.add(`${namespace}.${prefix}`);
    return;
  }
  usage.problems.push(`${where}: a key is a string literal, or a template that begins with a literal part and a dot`);
}

/** The keys of `condition ? "a" : "b"`, also nested: every string literal behind a `?` or `:` of the first argument. */
function choicesOf(argument: string): string[] {
  let depth = 0;
  let end = 0;
  for (; end < argument.length; end++) {
    const character = argument[end] ?? "";
    if ("([{".includes(character)) depth += 1;
    else if (")]}".includes(character) && depth-- === 0) break;
    else if (character === "," && depth === 0) break;
  }
  return [...argument.slice(0, end).matchAll(/[?:]\s*\(?\s*"([\w.-]+)"/gu)].map(([, key = ""]) => key);
}

/**
 * Reads one source file by the house's convention: `const t = useTranslations("ns")` or `await getTranslator("ns")` or a
 * parameter `t: Translate<"ns">`; then `t("key")`, `t.rich("key")`, `t(a ? "one" : "two")` or t(`part.${variable}`). Anything else is a problem.
 */
export function readUsage(file: string, text: string, usage: Usage): void {
  const source = text.replaceAll(COMMENT, "");
  const scopes = scopesOf(source);
  const literal = [...source.matchAll(DECLARATION), ...source.matchAll(AT_ONCE)].length;
  if ([...source.matchAll(ANY_CALL)].length !== literal) {
    usage.problems.push(`${file}: a translator is a const and names its namespace as a literal`);
  }
  for (const { index, 0: head, 1: namespace = "" } of source.matchAll(AT_ONCE)) addArgument(usage, namespace, source.slice(index + head.length), file);
  for (const name of new Set(scopes.map((scope) => scope.name))) {
    const call = new RegExp(`(?<![\\w.$])${name}(?:\\.(?:rich|markup|raw|has))?\\(\\s*`, "gu");
    for (const { index, 0: head } of source.matchAll(call)) {
      const scope = scopes.find((each) => each.name === name && each.at < index);
      const line = source.slice(0, index).split("\n").length;
      if (scope) addArgument(usage, scope.namespace, source.slice(index + head.length), `${file}:~${line}`);
    }
  }
}

/** Names of the arguments and rich-text tags of an ICU message, sorted, each once. */
export function placeholdersOf(message: string): string[] {
  const names = new Set<string>();
  for (const [, tag = ""] of message.matchAll(/<(\w+)>/gu)) names.add(`<${tag}>`);
  collect(message, 0, names);
  return [...names].toSorted();
}

/** Reads text until its closing brace and gives the place after it. */
function collect(message: string, from: number, names: Set<string>): number {
  let at = from;
  while (at < message.length && message[at] !== "}") {
    if (message[at] === "{") at = collectArgument(message, at + 1, names);
    else at += 1;
  }
  return at + 1;
}

/** `at` is behind the opening brace of `{name}`, `{name, number}` or `{name, plural, one {...} other {...}}`. */
function collectArgument(message: string, from: number, names: Set<string>): number {
  names.add(/^\s*(\w+)/u.exec(message.slice(from))?.[1] ?? "?");
  let at = from;
  while (at < message.length && message[at] !== "}") {
    if (message[at] === "{") at = collect(message, at + 1, names);
    else at += 1;
  }
  return at + 1;
}
