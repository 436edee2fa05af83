import { chromium } from "playwright";
const BASE = "http://localhost:3457";
const [,, what = "auth", token = ""] = process.argv;
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
const seen = new Set();
async function page({ locale = "en", theme = "light", width = 1280, height = 800, state } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, ...(state ? { storageState: state } : {}) });
  await context.addCookies([{ name: "redrive-locale", value: locale, url: BASE }]);
  const p = await context.newPage();
  p.on("console", (m) => { if (["error", "warning"].includes(m.type()) && !seen.has(m.text())) { seen.add(m.text()); console.log("CONSOLE", m.type(), m.text().slice(0, 600)); } });
  p.on("pageerror", (e) => console.log("PAGEERROR", String(e).slice(0, 500)));
  return p;
}
const shot = async (p, name) => { await p.waitForTimeout(400); await p.screenshot({ path: `/tmp/people-shots/${name}.png` }); console.log("shot", name); };
export { page, shot, BASE, browser, what, token };
const mod = await import(`/tmp/people-shots/${what}.mjs`);
await mod.default({ page, shot, BASE, token });
await browser.close();
