const FACTS = "REDRIVE_E2E_FACTS";

/** Environment of the end-to-end tests; read here only. */
export const env = {
  chromium: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  /** Make the README's pictures instead of testing. */
  screenshots: process.env.SCREENSHOTS === "1",
  /** Only these kinds of the further brokers, parted by commas; all when absent. */
  stages: process.env.E2E_STAGES?.split(","),
} as const;

/** The file in which the set-up tells the specs about the world. */
export function factsFile(): string {
  const file = process.env[FACTS];
  if (file === undefined) throw new Error("the world of the end-to-end tests is not up");
  return file;
}

/** Called by the set-up; Playwright's test processes inherit it. */
export function tellFactsFile(file: string): void {
  process.env[FACTS] = file;
}

/** The whole environment, for the programs of the world. */
export const everything = (): Readonly<Record<string, string | undefined>> => process.env;
