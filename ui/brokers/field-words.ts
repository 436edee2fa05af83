"use client";

import { useMessages } from "use-intl";
import type { BrokerKind } from "#core/brokers/index.ts";

type Words = { readonly label: string; readonly help: string };

/** Label and help of every field of a broker's form, by the field's name. */
export function useFieldWords(kind: BrokerKind): (name: string) => Words {
  const words: Readonly<Record<string, Words>> = useMessages().brokers[kind];
  return (name) => words[name] ?? { label: name, help: "" };
}
