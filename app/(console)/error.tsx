"use client";

import { PageError } from "#ui/shell/page-error.tsx";

export default function ConsoleError(props: { error: unknown; retry: () => void }) {
  return <PageError {...props} />;
}
