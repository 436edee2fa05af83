import { defineConfig, devices } from "@playwright/test";
import { env } from "./e2e/env.ts";

/** Measures how fast the screen is: by itself, after the others. */
const MEASURED = "live-latency.spec.ts";

/** Real Chromium against the real system of e2e/global-setup.ts. Files run side by side: each has queues of its own in the system they share. */
export default defineConfig({
  testDir: "e2e",
  outputDir: "test-results/e2e",
  globalSetup: "./e2e/global-setup.ts",
  // pictures for the README are made on demand: SCREENSHOTS=1
  projects: env.screenshots
    ? [{ name: "screenshots", testMatch: "screenshots.spec.ts" }]
    : [
        { name: "all", testMatch: "*.spec.ts", testIgnore: ["screenshots.spec.ts", MEASURED] },
        { name: "measured", testMatch: MEASURED, dependencies: ["all"] },
      ],
  workers: 2,
  retries: 0,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  use: {
    ...devices["Desktop Chrome"],
    viewport: { width: 1440, height: 900 },
    locale: "en-US",
    timezoneId: "UTC",
    actionTimeout: 15_000,
    navigationTimeout: 30_000,
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: env.chromium,
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
});
