/** @type {import("next").NextConfig} */
const config = {
  reactCompiler: true,
  poweredByHeader: false,
  agentRules: false,
  devIndicators: { position: "bottom-right" },
  // Without it, tracing guesses the root from any lockfile further up.
  outputFileTracingRoot: import.meta.dirname,
  serverExternalPackages: ["postgres"],
  experimental: { optimizePackageImports: ["radix-ui"] },
};

export default config;
