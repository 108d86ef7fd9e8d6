import { ApiError } from "../errors.ts";
import { onPulse } from "./pulse.ts";

/** Milliseconds. */
export interface WatchLimits {
  /** Silence between two bytes. */
  readonly idle: number;
  /** From the request to the last byte. */
  readonly total: number;
}

/** Watches the reading of one answer, by the shared pulse: `expire` is called where it takes too long. */
export class Watch {
  readonly #total: number;
  readonly #startedAt: number;
  readonly #expire: (reason: ApiError) => void;
  readonly #cancel: (reason: unknown) => void;
  #interruption: { readonly reason: unknown } | undefined;
  #waitingSince: number | undefined;
  #idle: number;
  /** Ends it; any number of times. */
  readonly stop: () => void;

  /** `startedAt`: Date.now() when the request was sent. `cancel` ends the pending read and the connection. */
  constructor(
    limits: WatchLimits,
    startedAt: number,
    expire: (reason: ApiError) => void,
    cancel: (reason: unknown) => void,
  ) {
    this.#total = limits.total;
    this.#idle = limits.idle;
    this.#startedAt = startedAt;
    this.#expire = expire;
    this.#cancel = cancel;
    this.stop = onPulse(() => this.#check());
  }

  /** All that matters has come: silence counts after so many milliseconds at most. */
  hasten(idle: number): void {
    this.#idle = Math.min(this.#idle, idle);
  }

  /** A read begins: from now on the provider's silence counts. */
  waits(): void {
    this.#waitingSince = Date.now();
  }

  get waiting(): boolean {
    return this.#waitingSince !== undefined;
  }

  /** The read is over. */
  arrived(): void {
    this.#waitingSince = undefined;
  }

  /**
   * Ends the reading. The signal that fetch was given is not enough: what hangs on it is collected as garbage once the
   * response is there, and then an abort reaches nobody.
   */
  interrupt(reason: unknown): void {
    this.#interruption = { reason };
    this.stop();
    this.#cancel(reason);
  }

  /** A read that was cancelled looks like an end. Throws the reason. */
  assertWhole(): void {
    if (this.#interruption !== undefined) throw this.#interruption.reason;
  }

  #check(): void {
    const now = Date.now();
    const silence = now - (this.#waitingSince ?? now);
    const reason = silence >= this.#idle
      ? `The provider sent nothing for ${inSeconds(this.#idle)} (IDLE_TIMEOUT)`
      : now - this.#startedAt >= this.#total
      ? `The provider's answer took longer than ${inSeconds(this.#total)} (TOTAL_TIMEOUT)`
      : undefined;
    if (reason !== undefined) this.#expire(new ApiError(504, reason));
  }
}

function inSeconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 1000)} s`;
}
