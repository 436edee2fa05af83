import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

const CONSOLE = join(import.meta.dirname, "(console)");
const entries = await readdir(CONSOLE, { recursive: true, withFileTypes: true });
const pages = entries
  .filter((entry) => entry.isFile() && /^(page|layout|route)\.tsx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

test("there are pages to look at", () => {
  expect(pages.length).toBeGreaterThan(5);
});

// A layout is not drawn again on navigation inside it, so each page asks for the session itself.
test.each(pages)("%s asks who is signed in before it draws", async (path) => {
  const text = await readFile(path, "utf8");
  expect(text).toContain("await requireActor()");
});
