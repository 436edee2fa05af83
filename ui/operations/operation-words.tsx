"use client";

import Link from "next/link";
import { useTranslations } from "use-intl";
import { filterToSearch } from "#core/message/filter.ts";
import { destination as destinationSchema } from "#core/operation.ts";
import { selection as selectionSchema } from "#core/selection.ts";
import { Badge } from "../kit/badge.tsx";
import { OPERATION_FACES, type OperationState } from "./faces.ts";
import { targetText } from "./target-text.ts";

const parsed = (json: string | null): unknown => {
  try {
    return json === null ? null : JSON.parse(json);
  } catch {
    return null;
  }
};

/** Whether an operation runs. */
export function OperationStateBadge({ state }: { state: OperationState }) {
  const t = useTranslations("operations");
  const { tone, icon } = OPERATION_FACES[state];
  return (
    <Badge tone={tone} icon={icon}>
      {t(`state.${state}`)}
    </Badge>
  );
}

/** Where a resend goes, in words. */
export function DestinationText({ destination }: { destination: string | null }) {
  const t = useTranslations("operations");
  const read = destinationSchema.safeParse(parsed(destination));
  if (!read.success) return null;
  if (read.data.to === "target") return <span className="font-mono text-sm">{targetText(read.data.target)}</span>;
  return t(`where.${read.data.to}`);
}

/** What was selected when the order was given, with the way back to that list. */
export function SelectionText({ selection }: { selection: string }) {
  const t = useTranslations("operations");
  const read = selectionSchema.safeParse(parsed(selection));
  if (!read.success) return null;
  if (read.data.by === "ids") return t("selectedByHand", { count: read.data.ids.length });
  return (
    <Link href={`/messages?${filterToSearch(read.data.filter).toString()}`} className="underline decoration-line-strong underline-offset-2 hover:text-accent-text">
      {t("selectedByFilter")}
    </Link>
  );
}
