import { expect, test } from "vitest";
import { isDown } from "./failures.ts";
import { makeOrder } from "./goods.ts";
import { answerTo, startSink } from "./service-sink.ts";

const moments = [...Array(90).keys()].map((n) => new Date(n * 1_000));
const up = moments.find((at) => !isDown("inventory", at))!;
const down = moments.find((at) => isDown("inventory", at))!;
const order = { ...makeOrder(), note: undefined, shipTo: { city: "Köln", postcode: "50667" } };

test("a service is down for a while, asks for patience, refuses what it cannot take, and is slow", () => {
  expect(answerTo("inventory", order, down, 0.5).status).toBe(503);
  expect(answerTo("inventory", order, up, 0.01)).toMatchObject({ status: 429, headers: { "retry-after": "2" } });
  expect(answerTo("inventory", order, up, 0.05)).toMatchObject({ status: 200, delayMs: 4_000 });
  expect(answerTo("inventory", order, up, 0.5)).toMatchObject({ status: 200, body: { accepted: true } });
});

test("what is wrong with an order is named, and right once it is edited", () => {
  const wrong = { ...order, shipTo: { city: "Köln", postcode: "99123" } };
  expect(answerTo("inventory", wrong, up, 0.5)).toMatchObject({ status: 422, body: { field: "/shipTo/postcode" } });
  expect(answerTo("inventory", { ...order, note: "hello" }, up, 0.5)).toMatchObject({ status: 422, body: { field: "/note" } });
});

test("an order that it took is told to have been taken when it comes again; what is no order is refused", async () => {
  const sink = await startSink("inventory", 0, () => up);
  const send = (body: string) => fetch(`http://127.0.0.1:${sink.port}/`, { method: "POST", body, headers: { "webhook-id": "evt_1" } });
  try {
    expect((await send("not JSON")).status).toBe(400);
    const answers: unknown[] = [];
    while (!answers.some((said) => JSON.stringify(said).includes('"again":true')) && answers.length < 40) answers.push(await (await send(JSON.stringify(order))).json());
    expect(answers.at(-1)).toEqual({ accepted: true, again: true });
  } finally {
    await sink.close();
  }
});
