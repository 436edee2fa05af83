// Preloaded into every child of the supervisor: when the supervisor is killed, even with -9, its end of this channel
// closes, and the child stops as if asked to instead of living on unseen.
// Processes that the child forks inherit this file and have channels of their own, which must be left alone.

// oxlint-disable-next-line node/no-process-env -- the only word the supervisor can put into a program that is not ours
if (process.channel && process.ppid === Number(process.env.REDRIVE_SUPERVISOR)) {
  process.channel.unref();
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
}
