import { expect, test } from "vitest";
import { isTouched } from "./live-topics.ts";

const query = (path: string[], live?: string) => ({ queryKey: [path, { type: "query" }], meta: live === undefined ? undefined : { live } });

test("a topic touches the queries that show it, at their own pace", () => {
  const topics = new Set(["messages"] as const);
  expect(isTouched(query(["messages", "list"]), topics, "fast")).toBe(true);
  expect(isTouched(query(["overview", "get"]), topics, "fast")).toBe(true);
  expect(isTouched(query(["operations", "list"]), topics, "fast")).toBe(false);
  expect(isTouched(query(["messages", "counts"], "slow"), topics, "fast")).toBe(false);
  expect(isTouched(query(["messages", "counts"], "slow"), topics, "slow")).toBe(true);
  expect(isTouched(query(["messages", "body"], "never"), topics, "fast")).toBe(false);
  expect(isTouched({ queryKey: ["foreign"] }, topics, "fast")).toBe(false);
});
