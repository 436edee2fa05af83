// Preloaded into every child of the supervisor: when the supervisor is killed, even with -9, its end of this channel
// closes, and the child stops as if asked to instead of living on unseen.
if (process.channel) {
  process.channel.unref();
  process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
}
