import { expect, test } from "vitest";
import { readDeliveryAddress } from "./delivery-address.ts";

const read = (search: string) => readDeliveryAddress(new URLSearchParams(search));

test("what an address says, and nothing of what it can not mean", () => {
  expect(read("state=retrying&error=timeout&before=42")).toEqual({ state: "retrying", error: "timeout", before: 42 });
  expect(read("state=queued&error=nonsense&before=-1")).toEqual({});
  expect(read("before=99999999999999999999")).toEqual({});
  expect(read("")).toEqual({});
});
