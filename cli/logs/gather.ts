import type { LogRecord, Sink } from "@logtape/logtape";

/** Records are handed on this long after the first of them came, or when so many have gathered. */
const DELAY_MS = 100;
const GATHERED = 100;

/** Writes records, the oldest first. */
export type BatchSink = (records: readonly LogRecord[]) => void;

/**
 * Lines are written a few at a time, away from the requests that they tell of: one by one, each finds its code fallen out of
 * the processor's caches and makes a system call of its own, and costs twice as much. An error is written at once, with all
 * that waits.
 */
export function gathering(sink: BatchSink & Partial<Disposable>): Sink & Disposable {
  let waiting: LogRecord[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    const records = waiting;
    waiting = [];
    if (records.length > 0) sink(records);
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
