import { expect, test } from "vitest";
import type { Native } from "../message/raw.ts";
import json from "./fixtures/pg-boss-dead-letter.json" with { type: "json" };
import { sample } from "./fixtures.ts";
import { decode, plan } from "./index.ts";

const RULE = "pgboss";
const { captured, expected, targets } = sample(json);
const job = captured.native;

const withJob = (changes: Partial<Extract<Native, { transport: "pgboss" }>>) => {
  if (job.transport !== "pgboss") throw new Error("the sample is no job");
  return { ...captured, native: { ...job, ...changes } };
};

test("the sample", () => {
  const form = decode(captured);
  expect(form).toEqual({ ...form, rule: RULE, ...expected });
  expect(plan(captured, RULE)).toEqual({
    failedQueue: targets[0],
    origin: targets[0],
    strip: [],
    set: [],
    body: null,
    notes: [],
  });
});

test("a row of an older pg-boss does not say where it came from", () => {
  const older = withJob({ sourceName: null, sourceId: null, sourceCreatedOn: null, sourceRetryCount: null });
  expect(decode(older)).toMatchObject({
    origin: null,
    reason: "unknown",
    attempts: null,
    lastFailedAt: null,
    error: { type: "CardDeclined" },
  });
  expect(plan(older, RULE)).toMatchObject({ failedQueue: null, origin: null });
});

test.each([
  ['"plain text"', { type: null, message: "plain text", stack: null }],
  ['{"value":"wrapped"}', { type: null, message: "wrapped", stack: null }],
  ['{"name":"A","message":7,"stack":null}', { type: "A", message: null, stack: null }],
  ["null", null],
  ["[1]", null],
  ["{", null],
  [null, null],
])("output %s", (output, error) => {
  expect(decode(withJob({ output })).error).toEqual(error);
});

test("a job does not go back into the queue it was captured from", () => {
  expect(plan(withJob({ sourceName: captured.native.queue }), RULE).failedQueue).toBeNull();
});
