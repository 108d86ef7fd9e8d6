/** The signals by which a process is asked to end. Windows knows no SIGTERM. */
const NAMES: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** What comes so soon after another is the same wish: `deno task` passes on what the terminal has sent to all already. */
const ECHO_MS = 500;

/** Calls `heard` for each of them, until the returned function is called. */
export function onStopSignal(heard: (name: Deno.Signal) => void): () => void {
  let last = -Infinity;
  const listeners = NAMES.map((name) => ({
    name,
    listener() {
      if (performance.now() - last < ECHO_MS) return;
      last = performance.now();
      heard(name);
    },
  }));
  for (const { name, listener } of listeners) Deno.addSignalListener(name, listener);
  return () => {
    for (const { name, listener } of listeners) Deno.removeSignalListener(name, listener);
  };
}
