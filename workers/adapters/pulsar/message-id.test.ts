import { expect, test } from "vitest";
import { messageIdOf, messageIdText } from "./message-id.ts";

const read = (base64: string): string | null => {
  const id = messageIdOf(Buffer.from(base64, "base64"));
  return id === null ? null : messageIdText(id);
};

test.each([
  ["CAcQATAA", "7:1:-1"],
  ["CA0QARgAMAA=", "13:1:0"],
  ["CAMQACAJMAo=", "3:0:-1:9"],
  // the same message as a producer is told of it, without the size of its batch
  ["CAMQACAJMAA=", "3:0:-1:9"],
])("the id %s, as a server wrote it", (base64, text) => {
  expect(read(base64)).toBe(text);
});

test("numbers beyond 2^53, a partition of -1 and fields of later versions", () => {
  expect(messageIdOf(Uint8Array.of(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x10, 0x00, 0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x3a, 0x02, 0x08, 0x01))).toEqual({
    ledger: "18446744073709551615",
    entry: "0",
    partition: "-1",
    batchIndex: "-1",
  });
});

test.each(["", "CA==", "CAc=", "EAE=", "CAcQAToK", "/////////////////////w=="])("%j is no id", (base64) => {
  expect(read(base64)).toBeNull();
});
