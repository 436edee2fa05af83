import { expect, test } from "vitest";
import type { LiveTopic } from "#core/live.ts";
import { eventually } from "#test/eventually.ts";
import { refresher } from "./refresher.ts";

test("changes during a wave join the next one, and waves never overlap", async () => {
  const waves: LiveTopic[][] = [];
  const open: (() => void)[] = [];
  const refresh = refresher((topics) => {
    waves.push([...topics]);
    return new Promise<void>((resolve) => open.push(resolve));
  }, 1);
  refresh.add(["messages"]);
  refresh.add(["groups"]);
  refresh.add(["messages"]);
  expect(waves).toEqual([["messages"]]);
  open[0]!();
  await eventually(() => expect(waves).toEqual([["messages"], ["groups", "messages"]]));
  refresh.stop();
  refresh.add(["queues"]);
  open[1]!();
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(waves).toHaveLength(2);
});

test("a failed wave does not end the refreshing", async () => {
  let waves = 0;
  const refresh = refresher(() => {
    waves += 1;
    return Promise.reject(new Error("server gone"));
  }, 1);
  refresh.add(["messages"]);
  await eventually(() => waves === 1);
  refresh.add(["messages"]);
  await eventually(() => waves === 2);
});
