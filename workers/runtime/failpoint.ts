/** The places where a test may kill this process: each is a moment at which work could be lost or doubled. */
export type FailpointName =
  | "capture.received"
  | "capture.stored"
  | "capture.accepted"
  | "resend.claimed"
  | "resend.published"
  | "resend.settled"
  | "publish.claimed"
  | "publish.published"
  | "deliver.claimed"
  | "deliver.guarded"
  | "deliver.sent"
  | "deliver.settled";

let armed: { readonly name: string; left: number } | null = null;

/** Arms `<point>:<n>`, or nothing. */
export function armFailpoint(spec: string | null): void {
  if (spec === null) return;
  const [name = "", left = "1"] = spec.split(":");
  armed = { name, left: Number(left) };
}

/** Dies here, as if by kill -9, when it is this point's turn. */
export function failpoint(name: FailpointName): void {
  if (armed?.name !== name) return;
  armed.left -= 1;
  if (armed.left === 0) process.kill(process.pid, "SIGKILL");
}
