import { getLogger } from "@logtape/logtape";
import {
  abandoned,
  isPassing,
  type Middleware,
  type PluginContext,
  type Reply,
} from "../core/mod.ts";
import { isWordless, untilItSpeaks } from "./wordless.ts";

const logger = getLogger(["ccproxy", "retry"]);

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;
const WORDLESS_RETRIES = 2;
const WORDLESS = "it ended its answer without a word";

/**
 * Asks again where the upstream failed before anything was sent, or ended without a word. A wait longer than ours is left
 * to the client, and an attempt that used up the whole time limit is the last.
 */
export function retry({ config }: PluginContext): Middleware {
  return function retry(exchange, next) {
    const { id, target: { model }, signal } = exchange;
    const tell = (reason: string) =>
      logger.info("{id} {model} is asked again: {reason}", { id, model, reason });
    const lastStart = Date.now() + config.limits.firstByte * 1000;
    return attemptFrom(0);

    async function attemptFrom(first: number): Promise<Reply> {
      for (let attempt = first;; attempt++) {
        const last = attempt >= config.maxRetries;
        try {
          const reply = await next(exchange);
          if (last || attempt >= WORDLESS_RETRIES || reply.kind === "raw") return reply;
          if (reply.kind === "message" ? !isWordless(reply.message) : !reply.empty) {
            return talking(reply, () => {
              tell(WORDLESS);
              return attemptFrom(attempt + 1);
            });
          }
          if (reply.kind === "stream") reply.events.cancel("the answer is empty");
          tell(WORDLESS);
        } catch (thrown) {
          const wait = last ? undefined : waitFor(thrown, attempt);
          if (wait === undefined || Date.now() >= lastStart) throw thrown;
          tell((thrown as Error).message);
          await pause(wait, signal);
        }
        if (signal.aborted) throw abandoned(signal);
      }
    }
  };
}

/** Whether a stream says more than thoughts is known at its end. */
function talking(reply: Reply, again: () => Promise<Reply>): Reply {
  if (reply.kind !== "stream") return reply;
  return { kind: "stream", events: reply.events.through(untilItSpeaks(again)) };
}

/** Milliseconds, with full jitter so that many clients do not come back at once; undefined: no use asking again. */
function waitFor(thrown: unknown, attempt: number): number | undefined {
  if (!isPassing(thrown)) return undefined;
  const jitter = Math.random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt);
  if (thrown.retryAfter === undefined) return jitter;
  const wait = thrown.retryAfter * 1000;
  return wait <= LONGEST_WAIT_MS ? wait : undefined;
}

/** Ends early where the client hangs up. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    function end() {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    }
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
  });
}
