import { expect, test } from "vitest";
import { localeFrom, timeZoneFrom } from "./locales.ts";

test("the cookie wins when it names a language we have", () => {
  expect(localeFrom("zh-CN", "en")).toBe("zh-CN");
  expect(localeFrom("en", "zh-CN")).toBe("en");
  expect(localeFrom("de", "zh-CN")).toBe("zh-CN");
});

test("Accept-Language is read by quality, and falls back to English", () => {
  expect(localeFrom(undefined, "de, en;q=0.5, zh-CN;q=0.9")).toBe("zh-CN");
  expect(localeFrom(undefined, "zh-TW")).toBe("zh-CN");
  expect(localeFrom(undefined, "zh;q=0, en")).toBe("en");
  expect(localeFrom(undefined, "fr,de;q=x,;;;")).toBe("en");
  expect(localeFrom(undefined, null)).toBe("en");
});

test("an unknown time zone becomes UTC", () => {
  expect(timeZoneFrom("Asia/Shanghai")).toBe("Asia/Shanghai");
  expect(timeZoneFrom("Mars/Olympus")).toBe("UTC");
  expect(timeZoneFrom(undefined)).toBe("UTC");
});
