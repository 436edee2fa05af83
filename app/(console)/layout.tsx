import type { ReactNode } from "react";
import { database } from "#server/database.ts";
import { readEnvironment } from "#server/services/environment.ts";
import { ConsoleShell } from "#ui/shell/console-shell.tsx";
import { LiveSign } from "#ui/shell/live-sign.tsx";
import { ApiProvider } from "#ui/trpc/client.tsx";
import { LiveProvider } from "#ui/trpc/use-live.tsx";
import { requireActor } from "../_trpc/session.ts";

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const account = await requireActor();
  const environment = await readEnvironment(database().db);
  return (
    <ApiProvider>
      <LiveProvider>
        <ConsoleShell environment={environment} account={account} live={<LiveSign />}>
          {children}
        </ConsoleShell>
      </LiveProvider>
    </ApiProvider>
  );
}
