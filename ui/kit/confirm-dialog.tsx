"use client";

import { type ReactNode, useState } from "react";
import { useFormatter, useTranslations } from "use-intl";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { TextField } from "./text-field.tsx";

export type ConfirmFact = { label: string; value: ReactNode };

type Props = {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** What is acted on, where to, how fast: a line each. */
  facts?: readonly ConfirmFact[];
  /** What will happen, as the button's text: "Resend 1,204 to payments at 50/s". */
  confirmLabel: string;
  danger?: boolean;
  width?: "sm" | "md";
  /** The number that must be typed before it may be confirmed, for what can not be undone. */
  typedCount?: number;
  /** Why it can not be confirmed yet, e.g. a reason is missing. */
  disabledReason?: string | null;
  busy?: boolean;
  /** What went wrong when it was tried. */
  error?: ReactNode;
  onConfirm: () => void;
  /** Further fields, e.g. a reason. */
  children?: ReactNode;
};

const typedNumber = (text: string): number => Number(text.replaceAll(/[\s,.'’_]/gu, "") || Number.NaN);

/** The last question before something happens: it names number, target and pace, and its button says what will happen. */
export function ConfirmDialog(props: Props) {
  return props.open ? <OpenConfirm {...props} /> : null;
}

/** Mounted only while open, so that what was typed is gone the next time. */
function OpenConfirm(props: Props) {
  const t = useTranslations("kit");
  const format = useFormatter();
  const [typed, setTyped] = useState("");
  const { typedCount, danger = false, facts = [] } = props;
  const missing = typedCount !== undefined && typedNumber(typed) !== typedCount;
  const wanted = typedCount === undefined ? "" : format.number(typedCount);
  const reason = props.disabledReason ?? (missing ? t("typeTheNumberFirst", { count: wanted }) : null);
  const confirm = () => {
    if (reason === null && !props.busy) props.onConfirm();
  };
  return (
    <Dialog
      open
      onOpenChange={props.onOpenChange}
      title={props.title}
      description={props.description}
      width={props.width ?? "sm"}
      footer={
        <>
          <Button onClick={() => props.onOpenChange(false)}>{t("cancel")}</Button>
          <Button
            variant={danger ? "danger" : "primary"}
            busy={props.busy ?? false}
            disabledReason={reason}
            onClick={confirm}
          >
            {props.confirmLabel}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        {facts.length > 0 && <Facts facts={facts} />}
        {props.children}
        {typedCount !== undefined && (
          <TextField
            label={t("typeTheNumber", { count: wanted })}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            onKeyDown={(event) => event.key === "Enter" && confirm()}
            inputMode="numeric"
            autoComplete="off"
          />
        )}
        {props.error && (
          <p role="alert" className="rounded bg-red-soft px-2.5 py-1.5 text-red">
            {props.error}
          </p>
        )}
      </div>
    </Dialog>
  );
}

function Facts({ facts }: { facts: readonly ConfirmFact[] }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 rounded border bg-sunken px-3 py-2">
      {facts.map(({ label, value }) => (
        <div key={label} className="contents">
          <dt className="text-muted">{label}</dt>
          <dd className="min-w-0 font-medium break-words tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
