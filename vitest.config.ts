import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts", "**/*.test.tsx"],
    exclude: ["node_modules/**", ".next/**", ".redrive/**", "e2e/**"],
    globalSetup: ["test/global-setup.ts"],
    pool: "forks",
    // most of a test's time is waiting for a server, a lease or a deadline
    maxWorkers: 2 * availableParallelism(),
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
});
