import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BROKER_KINDS, type BrokerKind, manifests } from "#core/brokers/index.ts";
import type { FormField, Manifest } from "#core/brokers/manifest.ts";
import { TARGET_FIELDS } from "#core/brokers/target-fields.ts";
import { ROOT } from "../env.ts";

export const BROKERS_FILE = join(ROOT, "docs/brokers.md");

type Words = Readonly<Record<string, { readonly label: string; readonly help: string }>>;

/** What docs/brokers.md has to say: every kind as its manifest and the words of its form tell it. */
export function brokersPage(): string {
  const words = JSON.parse(readFileSync(join(ROOT, "ui/messages/en/brokers.json"), "utf8")) as Readonly<Record<string, Words>>;
  const sections = BROKER_KINDS.map((kind) => section(kind, words[kind] ?? {}));
  return `# Brokers

Made from the manifests in \`core/brokers\` by \`npm run schema\`; a test compares. How an adapter is written and what was met with each
broker stands in [writing-an-adapter.md](writing-an-adapter.md).

${sections.join("\n")}`;
}

function section(kind: BrokerKind, words: Words): string {
  const manifest: Manifest = manifests[kind];
  const { about } = manifest;
  return `## ${manifest.label} (\`${kind}\`)

- Client: ${about.client}
- Capture: ${about.capture}
- Depth: ${about.depth}
- Resend: ${about.resend}

| setting | what it is | default |
|---|---|---|
${rows(manifest, manifest.form.settings, words)}
${manifest.form.secrets.map(({ name }) => `| \`${name}\` (secret) | ${cell(words[name])} | |`).join("\n")}

A source in \`redrive.yaml\`: ${fieldsOf(manifest.source)}. A target: ${TARGET_FIELDS[kind].map(({ name, optional }) => `\`${name}\`${optional ? " (optional)" : ""}`).join(", ")}.

The login needs:

${manifest.permissions.map((line) => `- ${line}`).join("\n")}
`;
}

const cell = (words: Words[string] | undefined): string => (words === undefined ? "" : `${words.label}. ${words.help}`.replaceAll("|", "\\|"));

function rows({ settings }: Manifest, fields: readonly FormField[], words: Words): string {
  const defaults = settings.parse({}) as Readonly<Record<string, unknown>>;
  return fields.map(({ name, choices }) => `| \`${name}\` | ${cell(words[name])}${choices === undefined ? "" : ` One of ${choices.join(", ")}.`} | ${written(defaults[name])} |`).join("\n");
}

/** A default as it would stand in the file; nothing for an empty one. */
const written = (value: unknown): string => (value === "" || value === undefined ? "" : `\`${String(value).replaceAll("\n", " ").replaceAll("|", "\\|")}\``);

function fieldsOf(source: z.ZodType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(source, { io: "input" }) as { properties?: object; required?: string[] };
  return Object.keys(properties)
    .map((name) => `\`${name}\`${required.includes(name) ? "" : " (optional)"}`)
    .join(", ");
}
