import { expect, test } from "vitest";
import { checkToken, isToken, issueToken } from "./token.ts";

const now = Date.UTC(2026, 0, 1);
const DAY = 24 * 3_600_000;

test("a token is good for its key and its day", () => {
  const { token, expiresAt } = issueToken("secret", "key-1", now);
  expect(isToken(token)).toBe(true);
  expect(expiresAt.getTime()).toBe(now + DAY);
  expect(checkToken("secret", "key-1", token, now + DAY - 1)).toBe("good");
  expect(checkToken("secret", "key-1", token, now + DAY)).toBe("expired");
  expect(checkToken("secret", "key-2", token, now)).toBe("foreign");
  expect(checkToken("other secret", "key-1", token, now)).toBe("foreign");
});

test("no token is another's, and no spelling of one is another token", () => {
  const tokens = Array.from({ length: 100 }, () => issueToken("secret", "key-1", now).token);
  expect(new Set(tokens).size).toBe(100);
  const [token = ""] = tokens;
  for (const spelled of [`${token}=`, `${token} `, token.replace("rit_", "rit_A"), `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, "rit_"]) expect(checkToken("secret", "key-1", spelled, now), spelled).toBe("foreign");
});
