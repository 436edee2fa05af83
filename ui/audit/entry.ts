import { z } from "zod";
import type { Outputs } from "../trpc/outputs.ts";

export type AuditEntry = Outputs["audit"]["list"]["items"][number];

const record = z.record(z.string(), z.unknown());

/** The detail's fields as text, in the order they were written. Text that is not an object of JSON stands by itself. */
export function detailFields(detail: string): { readonly name: string; readonly value: string }[] {
  try {
    const fields = record.parse(JSON.parse(detail));
    return Object.entries(fields).map(([name, value]) => ({ name, value: typeof value === "string" ? value : JSON.stringify(value) }));
  } catch {
    return [{ name: "", value: detail }];
  }
}

/** One line of it, for a table. */
export const detailLine = (detail: string): string =>
  detailFields(detail)
    .map(({ name, value }) => (name === "" ? value : `${name}: ${value}`))
    .join(" · ");
