"use client";

import { PageError } from "#ui/shell/page-error.tsx";

export default function RootError(props: { error: unknown; retry: () => void }) {
  return (
    <main>
      <PageError {...props} />
    </main>
  );
}
