/**
 * One timer for all streams. A timer per stream or per read costs more than the delta it guards; a shared beat costs
 * nothing per delta, and stops when nobody listens.
 */
const BEAT_MS = 2_500;

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

/** Calls `beat` every 2.5 s until the returned function is called. */
export function onPulse(beat: () => void): () => void {
  listeners.add(beat);
  timer ??= setInterval(() => {
    for (const listener of listeners) listener();
  }, BEAT_MS);
  return () => {
    listeners.delete(beat);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
