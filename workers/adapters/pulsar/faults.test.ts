import { expect, test } from "vitest";
import { closeFault, faultOf, sendFault, statusFault, wordsOf } from "./faults.ts";

test("an answer's own sentence is found, in JSON, in a page, and inside of either", () => {
  expect(wordsOf('{"reason":"Topic persistent://a/b/c not found"}')).toBe("Topic persistent://a/b/c not found");
  expect(wordsOf("<html><title>Error 401 Authentication required</title><body>…</body></html>")).toBe("Authentication required");
  const page = "<title>Error 503 Failed to create producer/consumer: {&quot;errorMsg&quot;:&quot;org.apache.pulsar.broker.service.BrokerServiceException$TopicTerminatedException: Topic was already terminated&quot;,&quot;reqId&quot;:1}</title>";
  expect(wordsOf(page)).toBe("Topic was already terminated");
  expect(wordsOf("x".repeat(5_000)).length).toBeLessThan(400);
});

test.each([
  [401, "", "unauthorised"],
  [403, '{"reason":"no"}', "unauthorised"],
  [404, '{"reason":"Namespace not found"}', "not_found"],
  [409, "", "blocked"],
  [429, "", "throttled"],
  [503, "<title>Error 503 Topic was already terminated</title>", "invalid"],
  [503, "<title>Error 503 Cannot create producer on topic with backlog quota exceeded</title>", "blocked"],
  [503, "", "unreachable"],
  [500, "", "internal"],
] as const)("status %i %s is %s", (status, body, code) => {
  expect(statusFault(status, body).code).toBe(code);
});

test.each([
  ["send-error:3", "String value length (20051239) exceeds the maximum allowed", "too_large", true],
  ["send-error:8", "The topic was already terminated", "invalid", true],
  ["send-error:8", "The producer can not send message to the topic within given timeout", "timeout", false],
  ["send-error:8", "something new", "nacked", false],
] as const)("%s, %s", (result, words, code, surely) => {
  expect(sendFault(result, words)).toMatchObject({ fault: { code }, surely });
});

test("the end of a WebSocket", () => {
  expect(closeFault(1009, "Resulting message size").code).toBe("too_large");
  expect(closeFault(1006, "").code).toBe("unreachable");
});

test("what fetch throws is told by its cause", () => {
  expect(faultOf(new TypeError("fetch failed", { cause: Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" }) })).code).toBe("unreachable");
  expect(faultOf(new DOMException("late", "TimeoutError")).code).toBe("timeout");
});
