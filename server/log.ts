import { pino } from "pino";

/** The web process's log: JSON lines on standard output. Never a secret, never a payload. */
export const log = pino({ name: "redrive-web", redact: ["*.password", "*.token", "*.cookie"] });
