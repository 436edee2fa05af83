import type { Delivery, DeliveryAttempt } from "./types.ts";

/** px on the picture's axis. */
const TRY_LEAST = 18;
const WAIT_LEAST = 40;
const WAIT_A_DECADE = 26;
/** Waits below this are drawn as nothing to speak of, ms. */
const SHORT_MS = 100;

/** One piece of the axis, left to right. */
export type Piece =
  | { readonly kind: "try"; readonly x: number; readonly width: number; readonly attempt: DeliveryAttempt }
  | { readonly kind: "wait"; readonly x: number; readonly width: number; readonly ms: number; /** The next try is still to come. */ readonly open: boolean }
  /** Between two deliveries of one message: it was a dead letter meanwhile. */
  | { readonly kind: "gap"; readonly x: number; readonly width: number; readonly ms: number }
  /** The try to come. */
  | { readonly kind: "due"; readonly x: number; readonly width: number; readonly at: number };

const widthOf = (ms: number): number => WAIT_LEAST + WAIT_A_DECADE * Math.max(0, Math.log10(Math.max(1, ms) / SHORT_MS));

const endOf = ({ startedAt, finishedAt, durationMs }: DeliveryAttempt): number => (finishedAt === null ? Date.parse(startedAt) + (durationMs ?? 0) : Date.parse(finishedAt));

/**
 * Lays the tries of a message's deliveries out on one axis: waits by the logarithm of their length, so that 50 ms and an hour
 * are both seen. Answers the pieces and the whole width, px.
 */
export function layout(lives: readonly Pick<Delivery, "attempts" | "state" | "dueAt" | "givenUpBy">[]): { pieces: Piece[]; width: number } {
  const pieces: Piece[] = [];
  let x = 0;
  const put = (piece: Piece) => {
    pieces.push(piece);
    x += piece.width;
  };
  let last: number | null = null;
  for (const { attempts, state, dueAt, givenUpBy } of lives) {
    for (const [at, attempt] of attempts.entries()) {
      const ms = last === null ? 0 : Math.max(0, Date.parse(attempt.startedAt) - last);
      if (last !== null) put({ kind: at === 0 ? "gap" : "wait", x, width: widthOf(ms), ms, open: false });
      put({ kind: "try", x, width: TRY_LEAST, attempt });
      last = endOf(attempt);
    }
    if (state === "retrying" && dueAt !== null && givenUpBy === null && last !== null) {
      const due = Date.parse(dueAt);
      const ms = Math.max(0, due - last);
      put({ kind: "wait", x, width: widthOf(ms), ms, open: true });
      put({ kind: "due", x, width: TRY_LEAST, at: due });
      last = due;
    }
  }
  return { pieces, width: x };
}
