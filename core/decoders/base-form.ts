import type { NormalForm } from "../message/normal-form.ts";
import type { Captured } from "./decoder.ts";
import { correlationIdOf, keyOf, messageIdOf, propertiesOf, traceIdOf } from "./identity.ts";
import { isoOfSeconds } from "./time.ts";

/** A normal form without its rule: what a decoder returns. */
export type Form = Omit<NormalForm, "rule">;

/** A message that says nothing at all. */
export const SILENT: Form = {
  origin: null,
  originalMessageId: null,
  reason: "unknown",
  reasonRaw: null,
  attempts: null,
  firstFailedAt: null,
  lastFailedAt: null,
  error: null,
  errorOuter: null,
  lastHop: null,
  redriveCount: null,
  consumer: {},
  key: null,
  originalTimestamp: null,
  correlationId: null,
  traceId: null,
};

/** What any message says whoever wrote its death; everything else is null. Decoders start from it. */
export const baseForm = (captured: Captured): Form => ({
  ...SILENT,
  originalMessageId: messageIdOf(captured),
  key: keyOf(captured),
  originalTimestamp: isoOfSeconds(propertiesOf(captured.native).timestamp),
  correlationId: correlationIdOf(captured),
  traceId: traceIdOf(captured.headers),
});
