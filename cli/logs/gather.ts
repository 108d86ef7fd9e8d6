import type { LogRecord, Sink } from "@logtape/logtape";

/** Records are handed on this long after the first of them came, or when so many have gathered. */
const DELAY_MS = 100;
const GATHERED = 500;

/**
 * Lines are written a few at a time, away from the requests that they tell of: one by one, each finds its code fallen out of
 * the processor's caches, and costs a quarter more. An error is written at once, with all that waits.
 */
export function gathering(sink: Sink & Partial<Disposable>): Sink & Disposable {
  let waiting: LogRecord[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const records = waiting;
    waiting = [];
    for (const record of records) sink(record);
  }

  function gather(record: LogRecord) {
    waiting.push(record);
    const urgent = record.level === "error" || record.level === "fatal";
    if (urgent || waiting.length >= GATHERED) flush();
    else if (timer === undefined) {
      timer = setTimeout(flush, DELAY_MS);
      Deno.unrefTimer(timer);
    }
  }

  return Object.assign(gather, {
    [Symbol.dispose]() {
      flush();
      sink[Symbol.dispose]?.();
    },
  });
}
