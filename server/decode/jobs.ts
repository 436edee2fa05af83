import type { RefusalCode, StopCode } from "#core/formats/node.ts";
import type { Declared, Step, StepKind, StoredSchema } from "#core/message/views.ts";

/** A body to be decoded, and what is known of it. Travels to the thread. */
export type Body = {
  readonly bytes: Uint8Array;
  /** False: the bytes are only the beginning of the body. */
  readonly whole: boolean;
  readonly contentType: string | null;
  readonly declared: Declared;
  /** What the reader wants the outermost layer to be; null: as declared or guessed. */
  readonly as: StepKind | null;
  /** Whether a schema's id may stand in front: where the connection names a registry. */
  readonly registry: boolean;
  /** The schema whose id was found at an earlier try; null: none was looked for yet. */
  readonly schema: StoredSchema | null;
};

export type Job =
  /** `max`: UTF-16 units of text, or bytes, to answer with. */
  | { readonly op: "look"; readonly body: Body; readonly max: number }
  | { readonly op: "edit"; readonly body: Body; readonly max: number }
  | { readonly op: "encode"; readonly body: Body; readonly edited: Edited };

/** What an editor made of a decoded body. */
export type Edited = { readonly form: "notation"; readonly text: string } | { readonly form: "bytes"; readonly bytes: Uint8Array };

/** Why a layer could not be taken off, or not wholly. `step` counts the layers from the outermost. */
export type Problem = {
  readonly code: StopCode | "no_schema" | "bad_schema" | "too_many_steps" | "too_slow" | "too_much_memory";
  readonly step: number;
  /** Offset into the bytes of that layer; null where it has none. */
  readonly at: number | null;
  /** Of `too_large` and `too_many`: the limit. Of `bad_schema`: what is wrong with it. */
  readonly detail: string | null;
};

/** What is under the layers: decoded text in Redrive's notation, or bytes. `cut`: there is more than is answered. */
export type Content =
  | { readonly form: "notation"; readonly text: string; readonly cut: boolean }
  | { readonly form: "bytes"; readonly bytes: Uint8Array; readonly size: number; readonly cut: boolean };

/** `needs`: the id of the schema without which it does not go on. */
export type Look = { readonly steps: readonly Step[]; readonly content: Content; readonly problem: Problem | null; readonly needs: number | null };

/** Why no edit of the decoded form is offered. */
export type NoEdit =
  | { readonly code: "nothing_decoded" | "problem" | "too_large" | "not_text" }
  /** Encoded again without a change, the bytes would be others from `at` on. */
  | { readonly code: "other_bytes"; readonly at: number; readonly kind: StepKind }
  | { readonly code: "unknown_fields" }
  | { readonly code: "not_encodable"; readonly detail: string };

/** `anew`: encodings whose packed bytes will differ even where the content does not. */
export type EditLook = Look & { readonly refused: NoEdit | null; readonly anew: readonly StepKind[] };

/** The bytes to be sent, or why and where the text can not be encoded; `line` and `column` from 1. */
export type Encoded =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly code: RefusalCode | "not_editable"; readonly line: number; readonly column: number; readonly what: string };

export type Answer<J extends Job> = J extends { readonly op: "look" } ? Look : J extends { readonly op: "edit" } ? EditLook : Encoded;
