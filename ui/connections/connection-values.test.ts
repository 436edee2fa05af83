import { expect, test } from "vitest";
import { complaints, formValues, isMoved, newDraft, secretsToSend } from "./connection-values.ts";

const draft = { ...newDraft("rabbitmq"), name: "Payments", secrets: { password: "x" } };
const stored = { host: "mq", port: 5672 };
const same = { ...draft, settings: formValues("rabbitmq", stored), secrets: {} };

test("a form begins with the manifest's defaults, numbers as text", () => {
  expect(newDraft("rabbitmq").settings).toMatchObject({ host: "127.0.0.1", port: "5672", tls: false, managementUrl: "" });
});

test("complaints name the field and what it wants", () => {
  expect(complaints(draft, null).size).toBe(0);
  const wrong = complaints({ ...draft, name: " ", settings: { ...draft.settings, host: "", port: "70000", managementUrl: "mq" }, secrets: {} }, null);
  expect(Object.fromEntries(wrong)).toEqual({
    name: { kind: "required", bound: 0 },
    "settings.host": { kind: "required", bound: 0 },
    "settings.port": { kind: "max", bound: 65_535 },
    "settings.managementUrl": { kind: "form", bound: 0 },
    "secrets.password": { kind: "required", bound: 0 },
  });
  expect(complaints({ ...draft, settings: { ...draft.settings, port: "abc" } }, null).get("settings.port")).toEqual({ kind: "number", bound: 0 });
});

test("stored secrets stay unless one is written or the address moves", () => {
  expect(isMoved(same, stored)).toBe(false);
  expect(secretsToSend(same, stored)).toBeUndefined();
  expect(complaints(same, stored).size).toBe(0);
  expect(secretsToSend({ ...same, secrets: { password: "new" } }, stored)).toEqual({ password: "new" });
  const elsewhere = { ...same, settings: { ...same.settings, host: "other" } };
  expect(secretsToSend(elsewhere, stored)).toEqual({ password: "" });
  expect([...complaints(elsewhere, stored).keys()]).toEqual(["secrets.password"]);
});
