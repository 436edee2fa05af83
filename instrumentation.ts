import { isNodeRuntime } from "#server/env.ts";

export async function register(): Promise<void> {
  if (!isNodeRuntime) return;
  const { start } = await import("./instrumentation.node.ts");
  start();
}
