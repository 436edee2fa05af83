import type { z } from "zod";
import { movedBy } from "#core/brokers/address.ts";
import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import type { FormField } from "#core/brokers/manifest.ts";

export type Values = Readonly<Record<string, string | number | boolean>>;

/** What a connection's form holds; numbers as they are typed. */
export type Draft = {
  readonly name: string;
  readonly kind: BrokerKind;
  readonly settings: Values;
  readonly secrets: Readonly<Record<string, string>>;
};

/** Stored settings, as text or switches for the form; what is absent has the manifest's default. */
export function formValues(kind: BrokerKind, stored: Values): Values {
  const read: Readonly<Record<string, unknown>> = manifests[kind].settings.parse(stored);
  const fields: readonly FormField[] = manifests[kind].form.settings;
  return Object.fromEntries(
    fields.map(({ name, input }) => [name, input === "switch" ? read[name] === true : String(read[name] ?? "")]),
  );
}

/** An empty form of this kind. */
export const newDraft = (kind: BrokerKind): Draft => ({ name: "", kind, settings: formValues(kind, {}), secrets: {} });

const settingsOf = (draft: Draft): Readonly<Record<string, unknown>> | null => {
  const read = manifests[draft.kind].settings.safeParse(draft.settings);
  return read.success ? read.data : null;
};

/** Whether the secret would go elsewhere than where it is stored for, so that it has to be written again. */
export function isMoved(draft: Draft, stored: Values): boolean {
  const settings = settingsOf(draft);
  return settings !== null && movedBy(manifests[draft.kind].settings.parse(stored), settings) !== null;
}

/** The secrets to send; undefined keeps the stored ones. `stored` is null for a new connection. */
export function secretsToSend(draft: Draft, stored: Values | null): Readonly<Record<string, string>> | undefined {
  const typed = Object.values(draft.secrets).some((secret) => secret !== "");
  if (stored !== null && !typed && !isMoved(draft, stored)) return undefined;
  return Object.fromEntries(manifests[draft.kind].form.secrets.map(({ name }) => [name, draft.secrets[name] ?? ""]));
}

/** What is wrong with a field; `bound` is the number it has to keep to. */
export type Complaint = { readonly kind: "required" | "number" | "min" | "max" | "form"; readonly bound: number };

const complaint = (kind: Complaint["kind"], bound = 0): Complaint => ({ kind, bound });

function complaintOf(issue: z.core.$ZodIssue): Complaint {
  if (issue.code === "too_small") return issue.origin === "string" ? complaint("required") : complaint("min", Number(issue.minimum));
  if (issue.code === "too_big") return complaint("max", Number(issue.maximum));
  return complaint(issue.code === "invalid_type" ? "number" : "form");
}

/** What is wrong with the form, by field: `name`, `settings.port`, `secrets.password`. */
export function complaints(draft: Draft, stored: Values | null): ReadonlyMap<string, Complaint> {
  const found = new Map<string, Complaint>();
  if (draft.name.trim() === "") found.set("name", complaint("required"));
  const manifest = manifests[draft.kind];
  const secrets = secretsToSend(draft, stored);
  const settingsIssues = manifest.settings.safeParse(draft.settings).error?.issues ?? [];
  const secretIssues = secrets === undefined ? [] : (manifest.secrets.safeParse(secrets).error?.issues ?? []);
  for (const issue of settingsIssues) found.set(`settings.${issue.path.join(".")}`, complaintOf(issue));
  for (const issue of secretIssues) found.set(`secrets.${issue.path.join(".")}`, complaintOf(issue));
  return found;
}
