"use client";

import type { ReactNode } from "react";
import { Button } from "../kit/button.tsx";
import { useReady } from "./use-ready.ts";

/** The one button of a form in front of the console. It sends nothing before this page's scripts run. */
export function SubmitButton({ busy, children }: { readonly busy: boolean; readonly children: ReactNode }) {
  const isReady = useReady();
  return (
    <Button type={isReady ? "submit" : "button"} variant="primary" size="lg" busy={busy} className="mt-1 h-9">
      {children}
    </Button>
  );
}
