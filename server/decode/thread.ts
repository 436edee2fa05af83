import { parentPort } from "node:worker_threads";
import type { Job } from "./jobs.ts";
import { edit, encode, look } from "./run.ts";

// The thread's own program: one job at a time, answered in order. It holds no connection and no environment.

const run = (job: Job): Promise<unknown> => (job.op === "encode" ? encode(job.body, job.edited) : job.op === "edit" ? edit(job.body, job.max) : look(job.body, job.max));

parentPort?.on("message", (job: Job) => {
  run(job).then(
    (answer) => parentPort?.postMessage({ answer }),
    // a fault of ours: a payload's faults are answers
    (error: unknown) => parentPort?.postMessage({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
parentPort?.postMessage({ ready: true });
