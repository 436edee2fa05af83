"use client";

import { useTranslations } from "use-intl";
import { manifests } from "#core/brokers/index.ts";
import type { FormField } from "#core/brokers/manifest.ts";
import { useFieldWords } from "../brokers/field-words.ts";
import { Switch } from "../kit/checkbox.tsx";
import { SelectField } from "../kit/select.tsx";
import { TextArea, TextField } from "../kit/text-field.tsx";
import type { Complaint, Draft } from "./connection-values.ts";

type Props = {
  draft: Draft;
  onChange: (draft: Draft) => void;
  /** What is wrong, by field; shown under it. */
  errors: ReadonlyMap<string, string>;
  /** Secrets are stored already, and stay when none is written. */
  stored: boolean;
  /** The stored ones may not be kept: they would go elsewhere. */
  moved: boolean;
};

/** The settings and secrets of a connection, as the broker's manifest names them. */
export function ConnectionFields({ draft, onChange, errors, stored, moved }: Props) {
  const t = useTranslations("brokers");
  const words = useFieldWords(draft.kind);
  const { form } = manifests[draft.kind];
  const setting = (name: string, value: string | boolean) => onChange({ ...draft, settings: { ...draft.settings, [name]: value } });
  const secret = (name: string, value: string) => onChange({ ...draft, secrets: { ...draft.secrets, [name]: value } });
  const fields: readonly FormField[] = form.settings;
  const login = fields.findIndex(({ name }) => name === "username") + 1;
  const settings = fields.map((field, at) => (
    <div key={field.name} className={widthOf(field, fields[at + 1])}>
      <Setting
        field={field}
        {...words(field.name)}
        value={draft.settings[field.name] ?? ""}
        error={errors.get(`settings.${field.name}`)}
        onChange={(value) => setting(field.name, value)}
      />
    </div>
  ));
  const secrets = form.secrets.map(({ name }) => (
    <div key={name} className="col-span-6">
      <TextField
        type="password"
        autoComplete="new-password"
        label={words(name).label}
        help={moved ? t("form.secretMoved") : stored ? t("form.secretKept") : words(name).help}
        placeholder={stored && !moved ? t("form.secretSet") : undefined}
        value={draft.secrets[name] ?? ""}
        error={errors.get(`secrets.${name}`)}
        onChange={(event) => secret(name, event.target.value)}
      />
    </div>
  ));
  // secrets belong behind the user name
  return (
    <div className="grid grid-cols-6 gap-x-3 gap-y-4">
      {settings.slice(0, login)}
      {secrets}
      {settings.slice(login)}
    </div>
  );
}

/** A number stands beside the text before it: host and port. */
function widthOf(field: FormField, next: FormField | undefined): string {
  if (field.input === "number") return "col-span-2";
  return field.input === "text" && next?.input === "number" ? "col-span-4" : "col-span-6";
}

type SettingProps = {
  field: FormField;
  label: string;
  help: string;
  value: string | number | boolean;
  error: string | undefined;
  onChange: (value: string | boolean) => void;
};

function Setting({ field, label, help, value, error, onChange }: SettingProps) {
  if (field.input === "switch") return <Switch label={label} help={help} checked={value === true} onCheckedChange={onChange} />;
  if (field.input === "choice") {
    const options = (field.choices ?? []).map((choice) => ({ value: choice, label: choice }));
    return <SelectField label={label} help={help} error={error} value={String(value)} onChange={onChange} options={options} />;
  }
  const common = { label, help, error, placeholder: field.placeholder, value: String(value), spellCheck: false };
  if (field.input === "lines") return <TextArea {...common} mono onChange={(event) => onChange(event.target.value)} />;
  return (
    <TextField
      {...common}
      autoComplete="off"
      {...(field.input === "number" ? { inputMode: "numeric" } : {})}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** A complaint in the reader's language. */
export function useComplaintWords(): (complaint: Complaint) => string {
  const t = useTranslations("brokers");
  return ({ kind, bound }) => t(`complaint.${kind}`, { bound });
}
