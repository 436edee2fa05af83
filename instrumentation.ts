export async function register(): Promise<void> {
  // spelled out, so that the build leaves the rest out of its edge bundle
  if (process.env.NEXT_RUNTIME === "nodejs") {
    const { start } = await import("./instrumentation.node.ts");
    start();
  }
}
