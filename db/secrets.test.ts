import { expect, test } from "vitest";
import { makeKeyPair, publicHalf, seal, unseal } from "./secrets.ts";

const pair = makeKeyPair();

test("what is sealed with the public half opens with the private half", () => {
  const secret = 'p@ss/w%rd "秘密"';
  expect(unseal(pair.privateKey, seal(pair.publicKey, secret))).toBe(secret);
  expect(publicHalf(pair.privateKey)).toBe(pair.publicKey);
});

test("the same secret never looks the same twice and never appears in the text", () => {
  const [one, two] = [seal(pair.publicKey, "canary"), seal(pair.publicKey, "canary")];
  expect(one).not.toBe(two);
  expect(Buffer.from(one.split(".").at(-1) ?? "", "base64url").toString("latin1")).not.toContain("canary");
});

test("another key, or a changed byte, does not open it", () => {
  const sealed = seal(pair.publicKey, "canary");
  expect(() => unseal(makeKeyPair().privateKey, sealed)).toThrow();
  const parts = sealed.split(".");
  parts[4] = Buffer.from("xxxxxx").toString("base64url");
  expect(() => unseal(pair.privateKey, parts.join("."))).toThrow();
  expect(() => unseal(pair.privateKey, "hello")).toThrow("not a sealed secret");
});
