import { Refusal, type Node } from "#core/formats/node.ts";
import { readNotation } from "#core/formats/notation-read.ts";
import { writeNotation } from "#core/formats/notation-write.ts";
import { UNKNOWN_FIELDS } from "#core/formats/protobuf-read.ts";
import { isEncoding, type StepKind } from "#core/message/views.ts";
import type { Body, Content, Edited, EditLook, Encoded, Look, NoEdit } from "./jobs.ts";
import { open, type Opened } from "./layers.ts";

/** What a body looks like without its layers; `max` UTF-16 units or bytes of it. */
export async function look(body: Body, max: number): Promise<Look> {
  return lookOf(await open(body), max);
}

function lookOf(opened: Opened, max: number): Look {
  return { steps: opened.layers.map(({ step }) => step), content: contentOf(opened, max), problem: opened.problem, needs: opened.needs };
}

function contentOf({ root, bytes }: Opened, max: number): Content {
  if (root !== null) return { form: "notation", ...writeNotation(root, max) };
  // copied: what is sent out of the thread takes its whole buffer along
  return { form: "bytes", bytes: bytes.slice(0, max), size: bytes.length, cut: bytes.length > max };
}

/** The same for an editor, which needs all of it and a way back: an edit is offered only when nothing but it would change. */
export async function edit(body: Body, max: number): Promise<EditLook> {
  const opened = await open(body);
  const shown = lookOf(opened, max);
  return { ...shown, refused: refusedEdit(body, opened, shown.content), anew: packedAnew(opened) };
}

/** The encodings that do not give the same bytes again, because the producer's packer took other choices. */
const packedAnew = ({ layers, bytes }: Opened): StepKind[] =>
  layers.flatMap(({ step, before, wrap }, index) => (isEncoding(step.kind) && differsAt(wrap(layers[index + 1]?.before ?? bytes), before) !== null ? [step.kind] : []));

function refusedEdit(body: Body, { layers, root, bytes, write, problem }: Opened, content: Content): NoEdit | null {
  const last = layers.at(-1);
  if (last === undefined) return { code: "nothing_decoded" };
  if (problem !== null || !body.whole) return { code: "problem" };
  if (content.cut) return { code: "too_large" };
  if (root === null || write === null || content.form !== "notation") return null;
  try {
    const at = differsAt(write(readNotation(content.text)), bytes);
    if (at === null) return null;
    return hasUnknownFields(root) ? { code: "unknown_fields" } : { code: "other_bytes", at, kind: last.step.kind };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return hasUnknownFields(root) ? { code: "unknown_fields" } : { code: "not_encodable", detail: error.code };
  }
}

function hasUnknownFields(node: Node): boolean {
  if (node.t === "list") return node.items.some(hasUnknownFields);
  return node.t === "map" && node.entries.some(([key, value]) => (key.t === "text" && key.v === UNKNOWN_FIELDS) || hasUnknownFields(value));
}

/** The first offset at which two byte strings differ, or null. */
function differsAt(a: Uint8Array, b: Uint8Array): number | null {
  const shorter = Math.min(a.length, b.length);
  for (let at = 0; at < shorter; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? null : shorter;
}

/** Puts an edited content back into the layers of the body it was made from. */
export async function encode(body: Body, edited: Edited): Promise<Encoded> {
  const opened = await open(body);
  const refused = refusedEdit(body, opened, contentOf(opened, Number.MAX_SAFE_INTEGER));
  if (refused !== null || (edited.form === "notation") !== (opened.write !== null)) return { ok: false, code: "not_editable", line: 1, column: 1, what: refused?.code ?? "" };
  try {
    const inner = edited.form === "bytes" ? edited.bytes : (opened.write?.(readNotation(edited.text)) ?? new Uint8Array());
    return { ok: true, bytes: opened.layers.reduceRight((bytes, { wrap }) => wrap(bytes), inner) };
  } catch (error) {
    if (error instanceof Refusal && edited.form === "notation") return { ok: false, code: error.code, what: error.what, ...placeOf(edited.text, error.at) };
    throw error;
  }
}

function placeOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at);
  return { line: before.split("\n").length, column: at - before.lastIndexOf("\n") };
}
