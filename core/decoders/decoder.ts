import type { Header } from "../message/header.ts";
import type { NormalForm, ResendPlan } from "../message/normal-form.ts";
import type { Native, Transport } from "../message/raw.ts";

/** What a decoder sees: the message as it was captured. */
export type Captured = {
  readonly headers: readonly Header[];
  readonly native: Native;
  readonly body: Uint8Array;
};

/**
 * One convention of writing deaths, one file. Pure: the same bytes always decode to the same form. A decoder must
 * not throw on hostile input: a value that is not what the convention says is left out, not guessed.
 */
export type Decoder = {
  /** The file's name without ending; stored beside each death and shown on the screen. */
  readonly rule: string;
  /** The convention's own name, as its users say it. */
  readonly title: string;
  readonly transports: readonly Transport[];
  /** Whether this convention wrote the message. Cheap: it looks at names of headers first. */
  matches(captured: Captured): boolean;
  decode(captured: Captured): Omit<NormalForm, "rule">;
  plan(captured: Captured): ResendPlan;
};
