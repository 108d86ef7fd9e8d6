/** One request to the upstream: its time limit, its cancellation, and its faults as sentences. */
import { abandoned, ApiError } from "./errors.ts";

export interface Link {
  /** Milliseconds until the upstream must have answered with something. */
  readonly firstByteLimit: number;
  readonly fetch: typeof fetch;
  readonly provider: string;
}

export interface Ask {
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface Asked {
  readonly response: Response;
  /** Ends the wait for the first byte. */
  done(): void;
  /** Closes the connection; a pending read throws the reason. */
  abort(reason: ApiError): void;
}

/** Sends a POST. Throws ApiError where no response comes; a refusal is a response. */
export async function ask({ url, headers, body, signal }: Ask, link: Link): Promise<Asked> {
  const controller = new AbortController();
  const seconds = Math.round(link.firstByteLimit / 1000);
  const timer = setTimeout(() => {
    controller.abort(
      new ApiError(504, `${link.provider} did not answer within ${seconds} s (REQUEST_TIMEOUT)`),
    );
  }, link.firstByteLimit);
  const done = () => clearTimeout(timer);
  try {
    const response = await link.fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.any([signal, controller.signal]),
    });
    return { response, done, abort: (reason) => controller.abort(reason) };
  } catch (thrown) {
    done();
    throw linkFault(thrown, link.provider, signal, url);
  }
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
