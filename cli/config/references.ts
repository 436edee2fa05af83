import type { ConfigIssue, ConfigPath } from "#core/config/issues.ts";

/** Where references lead; `readFile` throws where there is no such file. */
export type Referents = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
};

// `$${` is a plain `${`; `${NAME}` and `${file:/path}` are references; any other `${` is a mistake.
const REFERENCE = /\$\$\{|\$\{([^}]*)\}?/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const FILE = /^file:(\/.+)$/;

/**
 * Copies `value` with each `${NAME}` and `${file:/path}` inside its texts replaced by what it names. Secrets
 * (`connections[n].secrets`) must be made of references; a plain one is refused, and no text is ever repeated in an issue.
 */
export function resolveReferences(value: unknown, referents: Referents): { value: unknown; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const walk = (node: unknown, path: ConfigPath): unknown => {
    if (typeof node === "string") return resolveText(node, path, referents, issues);
    if (isSecret(path) && (typeof node === "number" || typeof node === "boolean")) issues.push(plain(path));
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (typeof node === "object" && node !== null) {
      return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
    }
    return node;
  };
  return { value: walk(value, []), issues };
}

function resolveText(text: string, path: ConfigPath, { env, readFile }: Referents, issues: ConfigIssue[]): string {
  let references = 0;
  const resolved = text.replace(REFERENCE, (whole, inner: string | undefined) => {
    if (inner === undefined) return "${";
    references += 1;
    const file = FILE.exec(inner)?.[1];
    if (file !== undefined) return fromFile(file, path, readFile, issues);
    if (whole.endsWith("}") && NAME.test(inner)) return fromEnvironment(inner, path, env, issues);
    issues.push({ path, message: "holds a ${…} that is neither ${NAME} nor ${file:/absolute/path}", fix: "Correct it; a plain ${ is written $${." });
    return "";
  });
  if (isSecret(path) && references === 0 && text !== "") issues.push(plain(path));
  return resolved;
}

function fromEnvironment(name: string, path: ConfigPath, env: Referents["env"], issues: ConfigIssue[]): string {
  const found = Object.hasOwn(env, name) ? env[name] : undefined;
  if (found !== undefined && found !== "") return found;
  issues.push({
    path,
    message: `needs the environment variable ${name}, which is ${found === "" ? "empty" : "not set"}`,
    fix: `Set ${name} where Redrive is started, or write \${file:/path} to take it from a file.`,
  });
  return "";
}

function fromFile(file: string, path: ConfigPath, readFile: Referents["readFile"], issues: ConfigIssue[]): string {
  try {
    // Editors and `echo` end a file with a line break that is no part of the secret.
    return readFile(file).replace(/\r?\n$/, "");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    issues.push({ path, message: `needs the file ${file}, which cannot be read (${code})`, fix: "Create it, or let Redrive's user read it." });
    return "";
  }
}

const isSecret = (path: ConfigPath): boolean => path[0] === "connections" && path[2] === "secrets" && path.length > 3;

const plain = (path: ConfigPath): ConfigIssue => ({
  path,
  message: "is written here in plain text",
  fix: "Put it into an environment variable or a file and write ${NAME} or ${file:/run/secrets/name} here.",
});
