/** @type {import("next").NextConfig} */
const config = {
  reactCompiler: true,
  poweredByHeader: false,
  agentRules: false,
  devIndicators: { position: "bottom-right" },
  // Without it, tracing guesses the root from any lockfile further up.
  outputFileTracingRoot: import.meta.dirname,
  // `npm test` checks all types; a start of the demo need not wait for them
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: ["postgres", "ioredis"],
  experimental: { optimizePackageImports: ["radix-ui"] },
};

export default config;
