"use client";

import { useState } from "react";
import { useTimeZone } from "use-intl";
import { Input } from "../kit/text-field.tsx";
import { fromLocal, toLocal } from "./local-moment.ts";

type Props = { readonly label: string; readonly value: string | undefined; readonly onChange: (iso: string | undefined) => void };

/** A moment in the reader's time zone; the address keeps it as ISO 8601. It counts when the field is left or Enter is pressed. */
export function MomentInput({ label, value, onChange }: Props) {
  const zone = useTimeZone() ?? "UTC";
  const shown = value === undefined ? "" : toLocal(value, zone);
  const [draft, setDraft] = useState<string | null>(null);
  const settle = () => {
    if (draft !== null && draft !== shown) onChange(draft === "" ? undefined : (fromLocal(draft, zone) ?? undefined));
    setDraft(null);
  };
  return (
    <label className="flex items-center gap-1.5 text-muted">
      {label}
      <Input
        type="datetime-local"
        className="w-44"
        value={draft ?? shown}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={settle}
        onKeyDown={(event) => event.key === "Enter" && settle()}
      />
    </label>
  );
}
