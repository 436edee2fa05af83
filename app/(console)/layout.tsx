import type { ReactNode } from "react";
import { ConsoleShell, type Environment } from "#ui/shell/console-shell.tsx";

// The server's configuration will name it; until then nothing claims to be production.
const environment: Environment = { name: "development", tone: "grey", production: false };

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <ConsoleShell environment={environment} account={null}>
      {children}
    </ConsoleShell>
  );
}
