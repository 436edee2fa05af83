import fc from "fast-check";
import { expect, test } from "vitest";
import { ACTS, ARROWS, MESSAGE_STATES, may, sourcesOf, statesFor, type Act } from "./state.ts";

const acts = Object.keys(ACTS) as Act[];

test("every state is listed once, can be reached, and can be left", () => {
  const named = new Set(ARROWS.flatMap(([from, to]) => [from, to]));
  expect(new Set(MESSAGE_STATES)).toEqual(named);
  expect(new Set(MESSAGE_STATES).size).toBe(MESSAGE_STATES.length);
  const reached = new Set<string>(["dead"]);
  for (const _ of MESSAGE_STATES) for (const [from, to] of ARROWS) if (reached.has(from)) reached.add(to);
  expect(reached).toEqual(named);
  for (const state of MESSAGE_STATES) expect(ARROWS.some(([from]) => from === state), state).toBe(true);
});

test("no arrow is drawn twice, and none leads nowhere", () => {
  expect(new Set(ARROWS.map((arrow) => arrow.join())).size).toBe(ARROWS.length);
  for (const [from, to] of ARROWS) expect(from).not.toBe(to);
});

test("only a worker says that a message is sent, delivered or resolved; only an operator queues or discards", () => {
  for (const [, to, mover] of ARROWS) {
    if (to === "sending" || to === "in_doubt" || to === "resolved") expect(mover).toBe("worker");
    if (to === "queued" || to === "discarded") expect(mover).toBe("operator");
  }
});

test("an act is allowed exactly from states with an operator's arrow to where it leads", () => {
  for (const act of acts)
    for (const state of MESSAGE_STATES)
      if (may(act, state)) expect(sourcesOf("operator", ACTS[act]), `${act} from ${state}`).toContain(state);
  for (const [from, to, mover] of ARROWS)
    if (mover === "operator") expect(acts.some((act) => ACTS[act] === to && statesFor(act).includes(from)), `${from} to ${to}`).toBe(true);
});

test("no walk of acts and facts leaves a message under way without a worker's way out", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 40 }), (choices) => {
      let state: string = "dead";
      for (const choice of choices) {
        const ways = ARROWS.filter(([from]) => from === state);
        state = ways[choice % ways.length]?.[1] ?? state;
      }
      if (state === "sending") expect(ARROWS.some(([from, to, mover]) => from === "sending" && to === "in_doubt" && mover === "worker")).toBe(true);
      expect(MESSAGE_STATES).toContain(state);
    }),
  );
});
