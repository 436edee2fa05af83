import { expect, test } from "vitest";
import { layout } from "./picture-layout.ts";
import type { DeliveryAttempt } from "./types.ts";

const T0 = Date.parse("2026-11-28T12:00:00Z");
const iso = (ms: number) => new Date(T0 + ms).toISOString();
const attempt = (startedMs: number, durationMs: number | null): DeliveryAttempt =>
  ({ id: String(startedMs), startedAt: iso(startedMs), finishedAt: durationMs === null ? null : iso(startedMs + durationMs), durationMs }) as DeliveryAttempt;
const life = (attempts: DeliveryAttempt[], over: object = {}) => ({ attempts, state: "dead" as const, dueAt: null, givenUpBy: null, ...over });

test("tries and the waits between them follow one another without a gap or an overlap", () => {
  const { pieces, width } = layout([life([attempt(0, 50), attempt(1_050, 50), attempt(61_100, 100)], { state: "retrying", dueAt: iso(3_661_200) })]);
  expect(pieces.map(({ kind }) => kind)).toEqual(["try", "wait", "try", "wait", "try", "wait", "due"]);
  expect(pieces.flatMap((piece) => (piece.kind === "wait" ? [[piece.ms, piece.open]] : []))).toEqual([[1_000, false], [60_000, false], [3_600_000, true]]);
  let x = 0;
  for (const piece of pieces) {
    expect(piece.x).toBe(x);
    x += piece.width;
  }
  expect(width).toBe(x);
});

test("a longer wait is wider, and none is too narrow to be seen", () => {
  const waits = layout([life([attempt(0, 0), attempt(1, 0), attempt(1_001, 0), attempt(3_601_001, 0)])]).pieces.filter(({ kind }) => kind === "wait");
  expect(waits.map(({ width }) => width)).toEqual(waits.map(({ width }) => width).toSorted((a, b) => a - b));
  expect(waits[0]!.width).toBeGreaterThanOrEqual(40);
});

test("a further delivery of the message begins behind a gap; what was given up or is done is due no more", () => {
  const { pieces } = layout([life([attempt(0, 10)]), life([attempt(60_010, null)], { state: "retrying", dueAt: iso(90_000), givenUpBy: "Ann" })]);
  expect(pieces.map(({ kind }) => kind)).toEqual(["try", "gap", "try"]);
  expect(layout([life([], { state: "retrying", dueAt: iso(0) })]).pieces).toEqual([]);
});
