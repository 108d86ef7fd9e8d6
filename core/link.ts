/** One request to the upstream: its time limits, its cancellation, and its faults as sentences. */
import { abandoned, ApiError } from "./errors.ts";
import type { Outgoing } from "./journal.ts";
import { grown, openReader } from "./stream/sse.ts";
import { Watch, type WatchLimits } from "./stream/watch.ts";

export interface Link {
  readonly limits: LinkLimits;
  readonly fetch: typeof fetch;
  /**
   * Whether the host of a URL takes a connection; never answers where it is silent. Absent where that cannot be tried,
   * for instance behind a proxy.
   */
  readonly connects?: ((url: string, signal: AbortSignal) => Promise<boolean>) | undefined;
  readonly provider: string;
}

/** Milliseconds. */
export interface LinkLimits extends WatchLimits {
  /** Until the host has taken the connection. */
  readonly connect: number;
  /** Until the upstream must have answered with something. */
  readonly firstByte: number;
}

export interface Ask extends Outgoing {
  readonly signal: AbortSignal;
}

/** What reads a response. */
interface Cancellable {
  /** Ends the pending read and the connection. */
  cancel(reason: unknown): Promise<void>;
}

export interface Asked {
  readonly response: Response;
  /** Watches the reading of the response: where it takes too long, the pending read throws. */
  watch(reader: Cancellable): Watch;
  /** The whole body. Throws ApiError where it breaks off. */
  text(): Promise<string>;
}

/** Bytes that are read at a time. */
const TEXT_BUFFER = 16 * 1024;

/** Sends a POST. Throws ApiError where no response comes; a refusal is a response. */
export async function ask({ url, headers, body, signal }: Ask, link: Link): Promise<Asked> {
  const { provider, limits } = link;
  const startedAt = Date.now();
  const controller = new AbortController();
  let reading: Watch | undefined;
  const abort = (reason: unknown) => {
    controller.abort(reason);
    reading?.interrupt(reason);
  };
  follow(signal, abort);
  const stopWaiting = limitWaiting(url, link, abort);
  try {
    const response = await link.fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: controller.signal,
    });
    const watch = (reader: Cancellable) => {
      const cancel = (reason: unknown) => void reader.cancel(reason).catch(() => {});
      reading = new Watch(limits, startedAt, abort, cancel);
      if (controller.signal.aborted) reading.interrupt(controller.signal.reason);
      return reading;
    };
    const fault = (thrown: unknown) => linkFault(thrown, provider, signal);
    return { response, watch, text: () => readText(response, watch, fault) };
  } catch (thrown) {
    throw linkFault(thrown, provider, signal, url);
  } finally {
    stopWaiting();
  }
}

/** Aborts what does not answer. Most requests never have more than the first timer; a second one costs each 3 us. */
function limitWaiting(url: string, link: Link, abort: (reason: ApiError) => void): () => void {
  const { limits, provider, connects } = link;
  const longest = Math.min(limits.firstByte, limits.total);
  const first = connects === undefined ? longest : Math.min(longest, limits.connect / 2);
  let stopTrying = () => {};
  let timer = setTimeout(() => {
    if (first === longest) return expire();
    timer = setTimeout(expire, longest - first);
    stopTrying = tryConnection(url, link, abort);
  }, first);

  function expire() {
    const seconds = Math.round(limits.firstByte / 1000);
    abort(new ApiError(504, `${provider} did not answer within ${seconds} s (REQUEST_TIMEOUT)`));
  }

  return () => {
    clearTimeout(timer);
    stopTrying();
  };
}

/** In place of AbortSignal.any, whose weak references cost the garbage collector 20 us a request. */
function follow(signal: AbortSignal, abort: (reason: unknown) => void): void {
  if (signal.aborted) abort(signal.reason);
  else signal.addEventListener("abort", () => abort(signal.reason), { once: true });
}

async function readText(
  { body }: Response,
  watchWith: Asked["watch"],
  fault: (thrown: unknown) => ApiError,
): Promise<string> {
  if (body === null) return "";
  const reader = openReader(body);
  const watch = watchWith(reader);
  const decoder = new TextDecoder();
  let buffer = new ArrayBuffer(TEXT_BUFFER);
  let text = "";
  try {
    for (;;) {
      watch.waits();
      const { value, done } = await reader.read(buffer);
      watch.arrived();
      if (value !== undefined) buffer = value.buffer;
      if (done) break;
      text = grown(text, decoder.decode(value, { stream: true }));
    }
    watch.assertWhole();
    return text + decoder.decode();
  } catch (thrown) {
    reader.cancel(thrown).catch(() => {});
    throw fault(thrown);
  } finally {
    watch.stop();
  }
}

/**
 * `fetch` does not tell whether it waits for a connection or for an answer, and a model may think for minutes. So when
 * half the time for connecting is over, a connection of our own is tried: if it comes about, the host is there.
 */
function tryConnection(
  url: string,
  { connects, limits, provider }: Link,
  abort: (reason: ApiError) => void,
): () => void {
  const trial = new AbortController();
  const timer = setTimeout(() => {
    const seconds = Math.round(limits.connect / 1000);
    abort(
      new ApiError(
        504,
        `${provider} took no connection at ${new URL(url).origin} within ${seconds} s ` +
          "(CONNECT_TIMEOUT). Check OPENAI_BASE_URL and the network",
      ),
    );
  }, limits.connect / 2);
  connects?.(url, trial.signal).then((connected) => connected && clearTimeout(timer));
  return () => {
    clearTimeout(timer);
    trial.abort();
  };
}

/** What went wrong on the way, in a sentence. Deno gives no codes, only words. */
export function linkFault(
  thrown: unknown,
  provider: string,
  signal: AbortSignal,
  url?: string,
): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (signal.aborted) return abandoned(signal);
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
  const detail = cause instanceof Error ? cause.message : String(cause);
  if (url === undefined) {
    return new ApiError(502, `The connection to ${provider} broke: ${detail}`, { cause: thrown });
  }
  return new ApiError(
    502,
    `${provider} cannot be reached at ${
      new URL(url).origin
    }. Check OPENAI_BASE_URL and the network: ${detail}`,
    { cause: thrown },
  );
}
