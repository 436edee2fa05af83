import { expect, test } from "vitest";
import sample from "./fixtures/karafka-pro-dlq.json" with { type: "json" };
import { decode, plan } from "./index.ts";
import { recordHeader, recordSample, utf8, withValues, type Recorded } from "./kafka-fixtures.ts";

const { captured } = recordSample(sample);

/** As Pro wrote it before 2.5: other names, the partition in the key's place, since 2.4.4 the true key in a header. */
const old = (key?: Uint8Array, partition = "2"): Recorded => ({
  ...captured,
  headers: [
    ...captured.headers.filter(({ name }) => name !== "source_trace_id").map((header) => ({ ...header, name: header.name.replace("source_", "original_") })),
    ...(key === undefined ? [] : [recordHeader("original_key", key)]),
  ],
  native: { ...captured.native, key: btoa(partition) },
});

test("before 2.5 the names began with original_ and the key was the partition", () => {
  const form = decode(captured);
  expect(decode(old(utf8("ord_9f2c")))).toEqual(form);
  const resend = plan(old(utf8("ord_9f2c")), "karafka");
  expect(resend.strip.toSorted()).toEqual(["original_attempts", "original_consumer_group", "original_key", "original_offset", "original_partition", "original_topic"]);
  expect(resend).toMatchObject({ origin: { topic: "orders" }, native: { key: btoa("ord_9f2c") }, notes: ["every_subscriber", "key_restored"] });
});

test("a key that is no text, none, and one that was not kept", () => {
  expect(decode(old(Uint8Array.of(0xff, 0xfe)))).toMatchObject({ key: { base64: "//4=" } });
  expect(plan(old(Uint8Array.of(0xff, 0xfe)), "karafka").native).toMatchObject({ key: "//4=" });
  expect(decode(old(new Uint8Array())).key).toBeNull();
  expect(plan(old(new Uint8Array()), "karafka")).toMatchObject({ native: { key: null }, notes: ["every_subscriber", "key_restored"] });
  expect(decode(old()).key).toBeNull();
  expect(plan(old(), "karafka")).toMatchObject({ native: { key: null }, notes: ["every_subscriber", "key_lost"] });
});

test("names that anybody may use are Karafka's only where its key is", () => {
  expect(decode(old(utf8("k"), "3")).rule).toBe("unknown");
  expect(decode({ ...old(utf8("k")), native: { ...captured.native, key: null } }).rule).toBe("unknown");
  expect(decode(withValues(old(utf8("k")), "original_offset")).rule).toBe("unknown");
});

test("piping writes four of the names without a death", () => {
  const piped = withValues(withValues(captured, "source_attempts"), "source_trace_id");
  expect(decode(piped)).toMatchObject({ rule: "unknown", origin: null, key: { utf8: "ord_9f2c" } });
});

test("since 2.5 the key is the record's own", () => {
  expect(plan(captured, "karafka").native).toBeUndefined();
  expect(decode({ ...captured, native: { ...captured.native, key: null } }).key).toBeNull();
});

test("a group with a name of its own, an application's own source_ header stays", () => {
  const more = { ...captured, headers: [...captured.headers, recordHeader("source_system", utf8("erp"))] };
  expect(plan(more, "karafka").strip).not.toContain("source_system");
  expect(decode(withValues(more, "source_consumer_group")).consumer).toEqual({});
});
