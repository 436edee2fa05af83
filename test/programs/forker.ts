// A program that has work done by a process it forks, as builds do.
import { fork } from "node:child_process";

if (process.argv[2] === "worker") {
  process.on("message", (count: number) => setTimeout(() => process.send?.(count + 1), 200));
} else {
  const worker = fork(import.meta.filename, ["worker"]);
  worker.on("message", (count) => {
    process.stdout.write(`answer ${String(count)}\n`);
    worker.kill();
  });
  worker.send(41);
}
