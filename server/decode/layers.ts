import { SchemaFault } from "#core/formats/avro-schema.ts";
import { readCbor } from "#core/formats/cbor-read.ts";
import { writeCbor } from "#core/formats/cbor-write.ts";
import { readMessagePack } from "#core/formats/messagepack-read.ts";
import { writeMessagePack } from "#core/formats/messagepack-write.ts";
import { Stop, type Decoded, type Node } from "#core/formats/node.ts";
import { describe } from "#core/message/payload.ts";
import { guessedEncoding, isEncoding, LOOKED_AT, schemaIdOf, type Encoding, type Step, type StepKind } from "#core/message/views.ts";
import { pack, unpack } from "./compression.ts";
import type { Body, Problem } from "./jobs.ts";
import { MAX_STEPS, MAX_UNPACKED, MAX_VALUES } from "./limits.ts";
import { schemaValue } from "./schema-value.ts";

/** A layer that was taken off, and how what was inside is put back into it. */
type Layer = { readonly step: Step; readonly before: Uint8Array; readonly wrap: (inner: Uint8Array) => Uint8Array };

/** A body without its layers. `write` encodes `root` as its format does, without what stands in front of it. */
export type Opened = {
  readonly layers: readonly Layer[];
  /** The innermost bytes. */
  readonly bytes: Uint8Array;
  /** What the innermost bytes mean in their format; null when they are in none. */
  readonly root: Node | null;
  readonly write: ((root: Node) => Uint8Array) | null;
  readonly problem: Problem | null;
  readonly needs: number | null;
};

/** Takes the layers off, outermost first, until there are none left, or one can not be taken off. */
export async function open(body: Body): Promise<Opened> {
  const layers: Layer[] = [];
  const declared = [...body.declared.encodings];
  let bytes = body.bytes;
  let whole = body.whole;
  const done = (rest: Partial<Opened>): Opened => ({ layers, bytes, root: null, write: null, problem: null, needs: null, ...rest });
  for (;;) {
    const next = nextStep(body, bytes, whole, layers.length, declared);
    if (next === null) return done({});
    const at = layers.length;
    if (at >= MAX_STEPS) return done({ problem: { code: "too_many_steps", step: at, at: null, detail: String(MAX_STEPS) } });
    const before = bytes;
    if (isEncoding(next.kind)) {
      const encoding: Encoding = next.kind;
      layers.push({ step: { ...next, schema: null }, before, wrap: (inner) => pack(encoding, inner, before) });
      const unpacked = await unpack(encoding, bytes, MAX_UNPACKED);
      bytes = unpacked.bytes;
      // a body that was cut ends too early by our own doing
      whole &&= unpacked.stop === null;
      const cut = unpacked.stop?.code === "cut_short" && !body.whole;
      if (unpacked.stop !== null && !cut) return done({ problem: problemOf(unpacked.stop, at) });
      continue;
    }
    if (next.kind === "registry") return registryValue(body, bytes, next, layers, done);
    const { read, write } = FORMATS[next.kind];
    layers.push({ step: { ...next, schema: null }, before, wrap: (inner) => inner });
    return done({ ...readWith(read, bytes, at), write });
  }
}

type Next = Pick<Step, "how"> & { readonly kind: StepKind };

const FORMATS = {
  messagepack: { read: readMessagePack, write: writeMessagePack },
  cbor: { read: readCbor, write: writeCbor },
} as const;

/** What the bytes are to be taken for next; takes from `declared` what it uses. */
function nextStep(body: Body, bytes: Uint8Array, whole: boolean, at: number, declared: Encoding[]): Next | null {
  if (at === 0 && body.as !== null) {
    if (declared[0] === body.as) declared.shift();
    return { kind: body.as, how: "chosen" };
  }
  if (bytes.length === 0) return null;
  const encoding = declared.shift();
  if (encoding !== undefined) return { kind: encoding, how: "declared" };
  const guessed = guessedEncoding(bytes);
  if (guessed !== null) return { kind: guessed, how: "guessed" };
  if (body.declared.format !== null) return { kind: body.declared.format, how: "declared" };
  if (body.registry && schemaIdOf(bytes) !== null) return { kind: "registry", how: "guessed" };
  if (!whole || describe(bytes, null, { maxBytes: LOOKED_AT }).kind !== "binary") return null;
  const format = guessedFormat(bytes);
  return format === null ? null : { kind: format, how: "guessed" };
}

/** Only what is a map or a list to its last byte is taken for one: a few bytes that fit mean nothing. */
function guessedFormat(bytes: Uint8Array): "messagepack" | "cbor" | null {
  const fits = ({ root, stop }: Decoded): boolean => stop === null && (root?.t === "map" || root?.t === "list" || root?.t === "mark") && bytes.length > 1;
  const selfDescribed = bytes[0] === 0xd9 && bytes[1] === 0xd9 && bytes[2] === 0xf7;
  if (!selfDescribed && fits(readMessagePack(bytes, MAX_VALUES))) return "messagepack";
  return fits(readCbor(bytes, MAX_VALUES)) ? "cbor" : null;
}

function readWith(read: (bytes: Uint8Array, maxValues: number) => Decoded, bytes: Uint8Array, at: number): Pick<Opened, "root" | "problem"> {
  const { root, stop } = read(bytes, MAX_VALUES);
  return { root, problem: stop === null ? null : problemOf(stop, at) };
}

function registryValue(body: Body, bytes: Uint8Array, next: Next, layers: Layer[], done: (rest: Partial<Opened>) => Opened): Opened {
  const at = layers.length;
  const id = schemaIdOf(bytes);
  const layer = (head: Uint8Array): Layer => ({
    step: { ...next, schema: id === null ? null : { id, type: body.schema?.type ?? null } },
    before: bytes,
    wrap: (inner) => Buffer.concat([head, inner]),
  });
  if (id === null || body.schema === null) {
    layers.push(layer(bytes.subarray(0, 0)));
    return id === null ? done({ problem: problemOf(new Stop("malformed", 0), at) }) : done({ needs: id, problem: { code: "no_schema", step: at, at: null, detail: String(id) } });
  }
  try {
    const value = schemaValue(bytes, body.schema);
    layers.push(layer(value.head));
    if (value.codec === null) return done({ bytes: value.body });
    return done({ bytes: value.body, ...readWith(value.codec.read, value.body, at), write: value.codec.write });
  } catch (error) {
    layers.push(layer(bytes.subarray(0, 0)));
    if (error instanceof Stop) return done({ problem: problemOf(error, at) });
    if (error instanceof SchemaFault) return done({ problem: { code: "bad_schema", step: at, at: null, detail: error.message } });
    throw error;
  }
}

const problemOf = ({ code, at }: Stop, step: number): Problem => ({
  code,
  step,
  at,
  detail: code === "too_large" ? String(MAX_UNPACKED) : code === "too_many" ? String(MAX_VALUES) : null,
});
