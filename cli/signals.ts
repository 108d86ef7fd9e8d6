/** The signals by which a process is asked to end. Windows knows no SIGTERM. */
const NAMES: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** Calls `heard` for each of them, until the returned function is called. */
export function onStopSignal(heard: (name: Deno.Signal) => void): () => void {
  const listeners = NAMES.map((name) => ({ name, listener: () => heard(name) }));
  for (const { name, listener } of listeners) Deno.addSignalListener(name, listener);
  return () => {
    for (const { name, listener } of listeners) Deno.removeSignalListener(name, listener);
  };
}
