"use client";

import { createContext, type ReactNode, use } from "react";
import { useTranslations } from "use-intl";
import type { ComponentProps } from "react";
import { TextField } from "../../kit/text-field.tsx";
import type { Complaint } from "./route-definition-of.ts";

/** What is wrong, in words, by the field's path in the definition. */
export const Wrong = createContext<ReadonlyMap<string, string>>(new Map());

/** What is wrong with a field; undefined when nothing is. */
export const useWrong = (path: string): string | undefined => use(Wrong).get(path);

/** A complaint in words. */
export function useComplaint(): (complaint: Complaint) => string {
  const t = useTranslations("brokers");
  return ({ code, bound }) => (code === "min" || code === "max" ? t(`complaint.${code}`, { bound: bound ?? 0 }) : t(`complaint.${code}`));
}

type FieldProps = Omit<ComponentProps<typeof TextField>, "onChange" | "value" | "error"> & {
  /** In the definition; tells which error is this field's. */
  path: string;
  value: string;
  onChange: (text: string) => void;
  /** Shown behind the label. */
  unit?: string;
};

/** One line of text that knows its own error. */
export function Field({ path, onChange, unit, ...rest }: FieldProps) {
  const error = useWrong(path);
  return (
    <TextField
      {...rest}
      error={error}
      aside={unit === undefined ? undefined : <span className="text-sm text-muted">{unit}</span>}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** A number, typed as text: an empty field is told apart from zero. */
export const NumberField = (props: FieldProps) => <Field {...props} inputMode="decimal" />;

/** A part of the form with its heading and a sentence. */
export function Section({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <section className="grid gap-3 border-t pt-4">
      <div>
        <h2 className="font-semibold">{title}</h2>
        {help !== undefined && <p className="max-w-prose text-muted">{help}</p>}
      </div>
      {children}
    </section>
  );
}
