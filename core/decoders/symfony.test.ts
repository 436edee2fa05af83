import { expect, test } from "vitest";
import { text } from "../message/header.ts";
import json from "./fixtures/symfony-messenger-amqp.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "symfony";
const STAMP = "X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\";
const { captured, expected, strip } = sample(json);

const withStamp = (name: string, value: string) => ({
  ...captured,
  headers: [...captured.headers.filter((header) => header.name !== STAMP + name), text(STAMP + name, value)],
});

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  const resend = plan(captured, RULE);
  expect(resend.strip.toSorted()).toEqual(strip.toSorted());
  expect(resend).toMatchObject({ failedQueue: null, origin: null, set: [], body: null, notes: [] });
});

test("an error that could not be flattened has no stack", () => {
  const stamp =
    '[{"exceptionClass":"A","exceptionCode":0,"exceptionMessage":"old","flattenException":null},' +
    '{"exceptionClass":"B","exceptionCode":"HY000","exceptionMessage":"new","flattenException":null}]';
  expect(decode(withStamp("ErrorDetailsStamp", stamp)).error).toEqual({ type: "B", message: "new", stack: null });
});

test("sent to the failure transport at the first failure, it was tried once", () => {
  const stamp = '[{"retryCount":0,"redeliveredAt":"2026-03-14T10:26:53+01:00"}]';
  expect(decode(withStamp("RedeliveryStamp", stamp))).toMatchObject({
    attempts: 1,
    firstFailedAt: "2026-03-14T09:26:53.000Z",
    lastFailedAt: "2026-03-14T09:26:53.000Z",
  });
});

test.each([
  "",
  "[]",
  "{}",
  "[1]",
  '[{"retryCount":"3"}]',
  '[{"retryCount":-1}]',
  "[{",
  '[{"__proto__":{"retryCount":3}}]',
])("stamps that are not what they should be say nothing: %s", (stamp) => {
  expect(decode(withStamp("RedeliveryStamp", stamp))).toMatchObject({ rule: RULE, attempts: null, lastFailedAt: null });
  expect(decode(withStamp("ErrorDetailsStamp", stamp)).rule).toBe(RULE);
  expect(decode(withStamp("SentToFailureTransportStamp", stamp)).origin).toBeNull();
});

test("until 5.1 the error stands in the stamp of the retry", () => {
  const stamp =
    '[{"retryCount":1,"exceptionMessage":"old","flattenException":null,"redeliveredAt":"2026-03-14T09:26:50+00:00"},' +
    '{"retryCount":2,"exceptionMessage":"card declined","flattenException":{"class":"App\\\\CardDeclined","trace_as_string":"#0 Charge.php(7)"},"redeliveredAt":"2026-03-14T09:26:53+00:00"},' +
    '{"retryCount":0,"exceptionMessage":null,"redeliveredAt":"2026-03-14T09:27:00+00:00"}]';
  const old = withStamp("RedeliveryStamp", stamp);
  const headers = old.headers.filter(({ name }) => name !== `${STAMP}ErrorDetailsStamp`);
  expect(decode({ ...old, headers })).toMatchObject({ attempts: 3, error: { type: "App\\CardDeclined", message: "card declined", stack: "#0 Charge.php(7)" } });
  expect(decode(old).error).toEqual(decode(captured).error);
  const bare = withStamp("RedeliveryStamp", '[{"retryCount":1,"exceptionMessage":"old","flattenException":null,"redeliveredAt":"2026-03-14T09:26:50+00:00"}]');
  expect(decode({ ...bare, headers: bare.headers.filter(({ name }) => name !== `${STAMP}ErrorDetailsStamp`) }).error).toEqual({ type: null, message: "old", stack: null });
});
