import { expect, test } from "vitest";
import { decodeCommand, encodeRequest, frameReader, parseLooseJson } from "./frame.ts";
import { headersOf, joined, propertiesOf } from "./properties.ts";
import { signed } from "./wire.ts";

test("a request's bytes: length, header length with the serialize type, header, body", () => {
  const frame = encodeRequest(11, 7, { topic: "orders", i: "KEYS\u0001a\u0002" }, Buffer.from("body"));
  expect(frame.readUInt32BE(0)).toBe(frame.length - 4);
  expect(decodeCommand(frame.subarray(4))).toMatchObject({ code: 11, opaque: 7, flag: 0, fields: { topic: "orders", i: "KEYS\u0001a\u0002" }, body: Buffer.from("body") });
});

test("frames come whole out of whatever chunks", () => {
  const frames = [encodeRequest(1, 1, {}, Buffer.from("a")), encodeRequest(2, 2, {}, Buffer.alloc(0)), encodeRequest(3, 3, {}, Buffer.alloc(70_000, 1))];
  const all = Buffer.concat(frames);
  for (const size of [1, 3, 1_000, all.length]) {
    const read = frameReader();
    const got: Buffer[] = [];
    for (let at = 0; at < all.length; at += size) got.push(...read(all.subarray(at, at + size)));
    expect(got.map((frame) => decodeCommand(frame).code)).toEqual([1, 2, 3]);
  }
});

test("what is no frame ends it: another server at this address, a header longer than its frame, no JSON", () => {
  expect(() => frameReader()(Buffer.from("HTTP/1.1 400 Bad Request"))).toThrow("does not speak");
  expect(() => decodeCommand(Buffer.from([0, 0, 0, 99, 1]))).toThrow("longer than the answer");
  expect(() => decodeCommand(Buffer.from([0, 0, 0, 1, 0x7b]))).toThrow("can not be read");
});

test("a header of a server that serializes in RocketMQ's own way", () => {
  const field = (name: string, value: string): Buffer => {
    const bytes = Buffer.alloc(6 + name.length + value.length);
    bytes.writeUInt16BE(name.length, 0);
    bytes.write(name, 2);
    bytes.writeUInt32BE(value.length, 2 + name.length);
    bytes.write(value, 6 + name.length);
    return bytes;
  };
  const fields = Buffer.concat([field("offset", "42"), field("b", "")]);
  const head = Buffer.alloc(13);
  head.writeInt16BE(17, 0);
  head.writeInt32BE(9, 5);
  head.writeInt32BE(1, 9);
  const remark = Buffer.from("gone");
  const lengths = [remark.length, fields.length].map((length) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(length);
    return bytes;
  });
  const header = Buffer.concat([head, lengths[0]!, remark, lengths[1]!, fields]);
  const mark = Buffer.alloc(4);
  mark.writeUInt32BE((1 << 24) | header.length);
  expect(decodeCommand(Buffer.concat([mark, header, Buffer.from("x")]))).toEqual({ code: 17, opaque: 9, flag: 1, remark: "gone", fields: { offset: "42", b: "" }, body: Buffer.from("x") });
});

test("JSON with numbers as keys, as name servers write it", () => {
  expect(parseLooseJson(Buffer.from('{"a":{0:"127.0.0.1:10911",12 : "b"},"c":"{1:2}","d":"\\"{3:4}"}'))).toEqual({ a: { 0: "127.0.0.1:10911", 12: "b" }, c: "{1:2}", d: '"{3:4}' });
});

test("the signature of a request", () => {
  // HMAC-SHA1 of "ak" + "v1" + "v2" + body: the values in the order AccessKey, a, b
  const { Signature, ...rest } = signed({ b: "v2", a: "v1" }, Buffer.from("body"), { accessKey: "ak", accessSecret: "sk" });
  expect(rest).toEqual({ a: "v1", b: "v2", AccessKey: "ak" });
  expect(Signature).toBe("9lSoqOo98E7M+fNKF+9eAuCZMbQ=");
  expect(signed({ a: "1" }, Buffer.alloc(0), { accessKey: "", accessSecret: "" })).toEqual({ a: "1" });
});

test("properties come out as they are stored, and those no broker keeps are refused by name", () => {
  const stored = Buffer.concat([Buffer.from("a\u0001\u00011=\u0002bare\u0002a\u0001again\u0002"), Buffer.from("x\u0001"), Buffer.from([0xff]), Buffer.from("\u0002\u0002empty\u0001")]);
  expect(headersOf(stored)).toEqual([
    { name: "a", value: { t: "text", v: "\u00011=" } },
    { name: "bare", value: { t: "void" } },
    { name: "a", value: { t: "text", v: "again" } },
    { name: "x", value: { t: "bytes", v: "/w==" } },
    { name: "empty", value: { t: "text", v: "" } },
  ]);
  const text = (name: string, v: string) => ({ name, value: { t: "text" as const, v } });
  expect(joined(propertiesOf([text("KEYS", "a b"), text("__proto__", "x")]))).toBe("KEYS\u0001a b\u0002__proto__\u0001x\u0002");
  expect(() => propertiesOf([text("a", "1"), text("a", "2")])).toThrow("the property a is there twice");
  expect(() => propertiesOf([text("a", "")])).toThrow('would drop the property "a"');
  expect(() => propertiesOf([text("a", "1\u0002b")])).toThrow("the property a holds a character");
  expect(() => propertiesOf([{ name: "a", value: { t: "bytes", v: "/w==" } }])).toThrow("the property a is no text");
  expect(() => propertiesOf([text("TRAN_MSG", "true")])).toThrow("TRAN_MSG=true");
});
