"use client";

import type { ComponentProps } from "react";
import { CodeView } from "./code-view.tsx";

/** JSON that is already pretty text, coloured. It is never parsed here. */
export function JsonView(props: Omit<ComponentProps<typeof CodeView>, "language">) {
  return <CodeView {...props} language="json" />;
}
