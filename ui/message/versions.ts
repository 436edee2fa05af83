import type { Header } from "#core/message/header.ts";
import type { Native } from "#core/message/raw.ts";
import type { NormalForm } from "#core/message/normal-form.ts";
import type { Death, Edit, MessageDetail, Version } from "./types.ts";

/** Deaths and edits of a message, newest first: each has its own body and headers. */
export const versionsOf = ({ timeline }: MessageDetail): (Death | Edit)[] =>
  timeline.filter((entry) => entry.kind === "death" || entry.kind === "edit").toReversed();

/** The version that is looked at: the one asked for, else the latest death. */
export function versionOf(message: MessageDetail, asked: string | null): Death | Edit | null {
  const versions = versionsOf(message);
  return versions.find(({ id }) => id === asked) ?? versions.find(({ id }) => id === message.lastDeathId) ?? versions[0] ?? null;
}

export const bodyOf = (entry: Death | Edit): Version => ({ of: entry.kind === "death" ? "death" : "revision", id: entry.id });

/** The headers, or null where they are too long to be sent to a screen. */
export const headersOf = (entry: Death | Edit): Header[] | null => (entry.headers === null ? null : (JSON.parse(entry.headers) as Header[]));

/** What Redrive read out of a death. */
export const normalOf = (death: Death): NormalForm => JSON.parse(death.normal) as NormalForm;

/** What the broker said beside the headers, or null where it is too long to be sent to a screen. */
export const nativeOf = (death: Death): Native | null => (death.native === null ? null : (JSON.parse(death.native) as Native));
