import { z } from "zod";
import type { Header, TypedValue } from "./header.ts";

const INT_RANGE = {
  int8: [-(2n ** 7n), 2n ** 7n - 1n],
  uint8: [0n, 2n ** 8n - 1n],
  int16: [-(2n ** 15n), 2n ** 15n - 1n],
  uint16: [0n, 2n ** 16n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
} as const;

const integer = (t: keyof typeof INT_RANGE) =>
  z.strictObject({
    t: z.literal(t),
    v: z
      .string()
      .regex(/^-?\d{1,20}$/, "a whole number")
      .refine((v) => BigInt(v) >= INT_RANGE[t][0] && BigInt(v) <= INT_RANGE[t][1], `out of range for ${t}`),
  });

const bits = (t: "float32" | "float64", digits: number) =>
  z.strictObject({ t: z.literal(t), v: z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`)) });

const typedValue: z.ZodType<TypedValue> = z.lazy(() =>
  z.discriminatedUnion("t", [
    z.strictObject({ t: z.literal("text"), v: z.string() }),
    z.strictObject({ t: z.literal("rawtext"), v: z.base64() }),
    z.strictObject({ t: z.literal("bytes"), v: z.base64() }),
    z.strictObject({ t: z.literal("bool"), v: z.boolean() }),
    integer("int8"),
    integer("uint8"),
    integer("int16"),
    integer("uint16"),
    integer("int32"),
    integer("uint32"),
    integer("int64"),
    integer("uint64"),
    bits("float32", 8),
    bits("float64", 16),
    z.strictObject({ t: z.literal("decimal"), scale: z.number().int().min(0).max(255), v: z.string().regex(/^-?\d{1,10}$/) }),
    z.strictObject({ t: z.literal("timestamp"), v: z.string().regex(/^\d{1,20}$/) }),
    z.strictObject({ t: z.literal("void") }),
    z.strictObject({ t: z.literal("array"), v: z.array(typedValue) }),
    z.strictObject({ t: z.literal("table"), v: z.array(header) }),
    z.strictObject({ t: z.literal("raw"), v: z.base64() }),
  ]),
);

const header: z.ZodType<Header> = z.strictObject({ name: z.string().max(255), value: typedValue });

/** Headers as a client sends them back after an edit; the messages name the header and what is wrong. */
export const headersSchema = z.array(header).max(1_000);
