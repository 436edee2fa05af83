import { manifests, type BrokerKind } from "#core/brokers/index.ts";
import { TARGET_FIELDS, type TargetField } from "#core/brokers/target-fields.ts";
import type { Target } from "#core/message/normal-form.ts";
import type { Destination } from "#core/operation.ts";

/** What is typed for a destination: the fields of another target are kept while the choice changes. */
export type DestinationForm = {
  readonly to: Destination["to"];
  readonly kind: Target["kind"];
  readonly fields: Readonly<Partial<Record<TargetField["name"], string>>>;
};

export const FAILED_QUEUE: DestinationForm = { to: "failed_queue", kind: "rabbitmq", fields: {} };

/** The target that was typed, or null while it names no place. */
export function targetOf({ kind, fields }: DestinationForm): Target | null {
  const typed = typedTarget(kind, fields);
  if (Object.values(typed).every((value) => value === "")) return null;
  const read = manifests[kind].target.safeParse({ kind, ...typed });
  return read.success ? read.data : null;
}

/** The fields of a target as its schema expects them: what was left empty, or at what is meant anyway, is left out. */
export function typedTarget(kind: BrokerKind, fields: DestinationForm["fields"]): Readonly<Record<string, string | number>> {
  const values = TARGET_FIELDS[kind].flatMap(({ name, optional, choices }) => {
    const value = fields[name] ?? choices?.[0] ?? "";
    if ((value === "" && kind !== "rabbitmq") || (optional && value === choices?.[0])) return [];
    // text that is no number is left to the schema, which refuses it
    return [[name, name === "partition" && /^\d+$/.test(value) ? Number(value) : value] as const];
  });
  return Object.fromEntries(values);
}

/** The destination of an order, or null while it is not complete. */
export function destinationOf(form: DestinationForm): Destination | null {
  if (form.to !== "target") return { to: form.to };
  const target = targetOf(form);
  return target === null ? null : { to: "target", target };
}
