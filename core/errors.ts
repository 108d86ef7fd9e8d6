/** The one error that the program throws on purpose, and how HTTP statuses and Anthropic's error types pair up. */
import type { ErrorBody } from "./protocol/anthropic.ts";

/** Anthropic's error type for an HTTP status (A15). */
const TYPES: Readonly<Record<number, string>> = {
  400: "invalid_request_error",
  401: "authentication_error",
  402: "billing_error",
  403: "permission_error",
  404: "not_found_error",
  409: "conflict_error",
  413: "request_too_large",
  415: "invalid_request_error",
  422: "invalid_request_error",
  424: "invalid_request_error",
  429: "rate_limit_error",
  504: "timeout_error",
  529: "overloaded_error",
};

/** 500 is not among them: it stands for a fault of our own. */
const PASSING: ReadonlySet<number> = new Set([409, 429, 502, 503, 504, 529]);

export interface ApiErrorOptions {
  /** Anthropic error type; by default the one that belongs to the status. */
  readonly type?: string;
  /** Seconds until a retry makes sense; sent as `retry-after`. */
  readonly retryAfter?: number | undefined;
  /** Sent as `x-should-retry`; absent leaves the client its own rules (section 4.1). */
  readonly shouldRetry?: boolean | undefined;
  /** Sent in place of our own: a refusal in the provider's words, for a client that speaks its dialect. */
  readonly response?: Response | undefined;
  readonly cause?: unknown;
}

/** A failure with a status and a sentence for the person who must act. Thrown anywhere, rendered once by the server. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly type: string;
  readonly retryAfter: number | undefined;
  readonly shouldRetry: boolean | undefined;
  readonly response: Response | undefined;

  constructor(readonly status: number, message: string, options: ApiErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.type = options.type ?? TYPES[status] ?? "api_error";
    this.retryAfter = options.retryAfter;
    this.shouldRetry = options.shouldRetry;
    this.response = options.response;
  }

  /** The same error in other words. */
  reworded(message: string): ApiError {
    const { status, type, retryAfter, shouldRetry, response, cause } = this;
    return new ApiError(status, message, { type, retryAfter, shouldRetry, response, cause });
  }

  /** The body of the response, or the data of an `error` event. */
  toBody(requestId?: string): ErrorBody {
    const error = { type: this.type, message: this.message };
    return requestId === undefined
      ? { type: "error", error }
      : { type: "error", error, request_id: requestId };
  }
}

/** May pass by itself or with another model: a fault or a limit of the upstream, not of the request. */
export function isPassing(thrown: unknown): thrown is ApiError {
  return thrown instanceof ApiError && thrown.shouldRetry !== false && PASSING.has(thrown.status);
}

/** Why nobody waits for the answer any more: the reason that the server gave, or the client's leaving. */
export function abandoned({ reason }: AbortSignal): ApiError {
  if (reason instanceof ApiError) return reason;
  return new ApiError(499, "The client left before the answer was complete");
}

/** Whatever was thrown, as an ApiError: what is not one already is a fault of ours, a 500 that says no more than needed. */
export function asApiError(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  return new ApiError(500, "ccproxy failed unexpectedly; its log has the details", {
    cause: thrown,
  });
}
