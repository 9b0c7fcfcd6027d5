// Preloaded into the processes of `npm start`: when their parent is killed, they must not stay.
if (process.send) {
  process.on("disconnect", () => setTimeout(() => process.exit(1), 25_000).unref());
  process.on("disconnect", () => process.emit("SIGTERM"));
}
