/** The requests under way, and how they end when the program does. */
import { ApiError } from "./errors.ts";
import { settlesWithin } from "./stream/settle.ts";

/** How long an answer that is cut off may take to say so, in milliseconds. */
const LAST_WORDS_MS = 2_000;

/** One request under way. */
export interface Visit {
  /** Aborts when the client hangs up, and with an ApiError for a reason when the program stops. */
  readonly signal: AbortSignal;
  /** Something more goes on for it, for instance its stream: one more must leave. */
  stay(): void;
  /** It is over when all that stayed have left. */
  leave(): void;
}

export class Traffic {
  readonly #visits = new Set<AbortController>();
  readonly #empty = Promise.withResolvers<void>();
  #draining = false;

  /** The program is about to stop: nothing new is begun. */
  get draining(): boolean {
    return this.#draining;
  }

  /** Throws ApiError 529 while the program stops, but for a `glance`: a question about the program itself. */
  enter(hangUp: AbortSignal, glance = false): Visit {
    if (this.#draining && !glance) {
      throw new ApiError(529, "ccproxy is stopping. Ask again in a moment", {
        retryAfter: 1,
        shouldRetry: true,
      });
    }
    const controller = new AbortController();
    hangUp.addEventListener("abort", () => controller.abort(hangUp.reason), { once: true });
    this.#visits.add(controller);
    let here = 1;
    return {
      signal: controller.signal,
      stay: () => {
        here++;
      },
      leave: () => {
        if (--here > 0) return;
        this.#visits.delete(controller);
        if (this.#draining && this.#visits.size === 0) this.#empty.resolve();
      },
    };
  }

  /** Lets what is under way end by itself for so many milliseconds, then ends it with an error. */
  async drain(grace: number): Promise<void> {
    this.#draining = true;
    if (this.#visits.size === 0 || await settlesWithin(this.#empty.promise, grace)) return;
    const reason = new ApiError(529, "ccproxy was stopped before the answer was complete");
    for (const visit of this.#visits) visit.abort(reason);
    await settlesWithin(this.#empty.promise, LAST_WORDS_MS);
  }
}
