import type { z } from "zod";

/**
 * What an adapter can do, as data. A granted capability is a method of the session's type; an ungranted one does
 * not exist there. What one server or one login may not do is a fault of that call, not a capability.
 */
type Capabilities = {
  /** It can list queues. */
  readonly discover: boolean;
};

/**
 * Whether capturing empties the source ("taken": Redrive then holds the only copy), leaves it ("copied"), or listens where the
 * broker keeps nothing ("heard": at most once, and what is sent while nobody listens is lost).
 */
export type Custody = "taken" | "copied" | "heard";

/** How to draw one field of a connection's form; the words are in ui/messages under `brokers.<kind>.<name>`. */
export type FormField = {
  readonly name: string;
  /** `lines` is text of several lines, `choice` is one of `choices`, which are shown as they are. */
  readonly input: "text" | "lines" | "password" | "number" | "switch" | "choice";
  readonly choices?: readonly string[];
  readonly placeholder?: string;
};

/** A broker kind, pure: what the web needs to draw forms and the workers to check settings. */
export type Manifest = {
  readonly kind: string;
  readonly label: string;
  readonly settings: z.ZodType;
  readonly secrets: z.ZodType;
  /** Where to capture from. */
  readonly source: z.ZodType;
  /** Where to publish to. */
  readonly target: z.ZodType;
  readonly form: { readonly settings: readonly FormField[]; readonly secrets: readonly FormField[] };
  /** What the login needs, a line each, in the broker's own words. */
  readonly permissions: readonly string[];
  readonly capabilities: Capabilities;
  /** For docs/brokers.md, a sentence each: by what it is reached, and what is done there. */
  readonly about: { readonly client: string; readonly capture: string; readonly depth: string; readonly resend: string };
};

/** Keeps the literal types of a manifest, from which the session's type follows. */
export const defineManifest = <const M extends Manifest>(manifest: M): M => manifest;
