/**
 * What `run` comes to, if it does so in time. After `milliseconds` its signal aborts and a `TimeoutError` is thrown,
 * whether it heeds the signal or not.
 */
export async function withDeadline<Result>(
  milliseconds: number,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const reason = new DOMException(`Not done after ${milliseconds} ms`, "TimeoutError");
      reject(reason);
      controller.abort(reason);
    }, milliseconds);
  });
  try {
    return await Promise.race([run(AbortSignal.any([signal, controller.signal])), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether this was thrown because the time was over. */
export function isTimeout(thrown: unknown): boolean {
  return thrown instanceof DOMException && thrown.name === "TimeoutError";
}
