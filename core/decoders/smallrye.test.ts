import { expect, test } from "vitest";
import retry from "./fixtures/smallrye-kafka-delayed-retry-dlq.json" with { type: "json" };
import dlq from "./fixtures/smallrye-kafka-dlq.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { recordHeader, recordSample, utf8, withValues } from "./kafka-fixtures.ts";

const { captured } = recordSample(dlq);
const retried = recordSample(retry).captured;
const header = (name: string, text: string) => recordHeader(name, utf8(text));

test("the newest letter stands first, the true origin last", () => {
  const earlier = [header("dead-letter-exception-class-name", "a.Old"), header("dead-letter-reason", "old"), header("dead-letter-cause-class-name", "a.OldCause"), header("dead-letter-cause", "old cause"), header("dead-letter-topic", "orders-eu"), header("dead-letter-partition", "7"), header("dead-letter-offset", "1")];
  expect(decode({ ...captured, headers: [...captured.headers, ...earlier] })).toMatchObject({
    origin: { topic: "orders-eu", partition: "7", offset: "1" },
    error: { type: "com.acme.CardDeclined", message: "card declined" },
    errorOuter: { type: "java.lang.IllegalStateException", message: "charge failed" },
  });
});

test("a cause that may belong to an earlier letter is left out", () => {
  const first = [header("dead-letter-exception-class-name", "a.New"), header("dead-letter-reason", "new"), header("dead-letter-topic", "orders-2"), header("dead-letter-partition", "0"), header("dead-letter-offset", "9")];
  expect(decode({ ...captured, headers: [...first, ...captured.headers] })).toMatchObject({ error: { type: "a.New", message: "new" }, errorOuter: null, origin: { topic: "orders" } });
});

test("an exception without a cause, and one without a message, whose name is its reason", () => {
  const plain = withValues(withValues(captured, "dead-letter-cause-class-name"), "dead-letter-cause");
  expect(decode(plain)).toMatchObject({ error: { type: "java.lang.IllegalStateException", message: "charge failed", stack: null }, errorOuter: null });
});

test("what its deserializer could not read", () => {
  const name = "org.apache.kafka.common.errors.RecordDeserializationException";
  const unread = withValues(withValues(withValues(captured, "dead-letter-exception-class-name", utf8(name)), "dead-letter-cause-class-name"), "dead-letter-cause");
  const noted = { ...unread, headers: [...unread.headers, header("deserialization-failure-deserializer", "io.Json"), header("deserialization-failure-reason", "charge failed"), recordHeader("deserialization-failure-data", Uint8Array.of(0xff, 1))] };
  expect(decode(noted)).toMatchObject({ reason: "deserialization_error", error: { type: name, message: "charge failed" } });
  expect(plan(noted, "smallrye").strip).toEqual(expect.arrayContaining(["deserialization-failure-deserializer", "deserialization-failure-reason", "deserialization-failure-data"]));
  // a handler may have put another value in its place, on which the application then failed
  expect(decode({ ...noted, headers: [...captured.headers, header("deserialization-failure-deserializer", "io.Json")] }).reason).toBe("handler_error");
});

test("an application's own dead-letter-topic is no letter", () => {
  expect(decode(withValues(captured, "dead-letter-reason")).rule).toBe("unknown");
  expect(decode(withValues(captured, "dead-letter-topic")).rule).toBe("unknown");
});

test("retried: the counter is 0 at the first failure", () => {
  expect(decode(withValues(retried, "delayed-retry-count", utf8("0"))).attempts).toBe(1);
  expect(decode(withValues(retried, "delayed-retry-count", utf8("17"))).attempts).toBe(18);
});

test("retried once and dead, it was on no retry topic", () => {
  const once = withValues(withValues(retried, "delayed-retry-topic", utf8("orders")), "delayed-retry-count", utf8("0"));
  expect(decode(once)).toMatchObject({ origin: { topic: "orders" }, lastHop: null, attempts: 1 });
});

test("of two strategies the letter that stands first is the newest", () => {
  const both = { ...captured, headers: [...captured.headers, ...retried.headers] };
  expect(decode(both)).toMatchObject({ rule: "smallrye", error: { type: "com.acme.CardDeclined" }, attempts: null });
  const other = { ...retried, headers: [...retried.headers, ...captured.headers] };
  expect(decode(other)).toMatchObject({ rule: "smallrye-delayed-retry", attempts: 3 });
  for (const [letter, rule] of [[both, "smallrye"], [other, "smallrye-delayed-retry"]] as const)
    expect(decode({ ...letter, headers: letter.headers.filter(({ name }) => !plan(letter, rule).strip.includes(name)) }).rule).toBe("unknown");
});
