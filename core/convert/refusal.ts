import type { Failure } from "../contract.ts";
import { ApiError } from "../errors.ts";
import { overflowSentence } from "./overflow.ts";

export interface RefusalContext {
  /** The adapter's name, for the sentence. */
  readonly provider: string;
  readonly model: string;
  /** Estimate of the prompt's tokens, and the model's window where it is known. */
  readonly used: number;
  readonly limit?: number | undefined;
}

const CONTENT_FILTER =
  /content.?filter|content management policy|data_inspection_failed|(?<!case.)sensitive/i;
const MODERATION = /moderation|flagged/i;
const QUOTA =
  /insufficient.?(?:quota|balance|credit)|exceeded your current quota|credit balance|arrearage/i;
/** In its terminal the client begins the line of a 401 with "Please run /login". */
const OUR_KEY = "OPENAI_API_KEY; /login does not change it";
/** Not a name that has the word in it, such as that of a tool. */
const IMAGE = /\b(?:images?|input_image|image_(?:url|block))\b/i;
const IMAGE_REFUSED = /not support|unsupported|invalid|could not process|too large|cannot/i;
const UNKNOWN_MODEL = /model/i;

/** What the client is told for a status that says it all: wait, or ask for less. */
const TOLD: Readonly<Record<number, number>> = {
  200: 502,
  408: 504,
  409: 409,
  413: 413,
  429: 429,
  500: 502,
  502: 502,
  503: 529,
  504: 504,
};

/**
 * What the client must be told so that it does the right thing (sections 4.1-4.3): compact, drop an image, wait, or show
 * one sentence at once. A refusal that no switch of the client can cure is 424: 400 would make it ask six times.
 */
export function toApiError(failure: Failure, context: RefusalContext): ApiError {
  const { provider, model } = context;
  const { status, retryAfter } = failure;
  const message = harmless(failure.message);
  const text = `${failure.code} ${message}`;
  const said = `${provider}: ${message}`;

  const overflow = overflowSentence(text, context);
  if (overflow !== undefined) return new ApiError(400, overflow);
  if (QUOTA.test(text) || status === 402) return new ApiError(402, said, { cause: failure });
  switch (status) {
    case 401:
      return new ApiError(
        401,
        `${provider} does not accept the key of this proxy (${OUR_KEY}). It said: ${message}`,
        { shouldRetry: false },
      );
    case 403:
      if (MODERATION.test(text)) return filtered(said);
      return new ApiError(
        401,
        `${provider} does not let the key of this proxy do that (${OUR_KEY}). It said: ${message}`,
        { shouldRetry: false },
      );
    case 404:
      return UNKNOWN_MODEL.test(text)
        ? new ApiError(404, `${provider} does not know the model "${model}". It said: ${message}`)
        : new ApiError(424, `${said} (HTTP 404). Check OPENAI_BASE_URL`);
    case 429:
      if (neverFits(message)) return new ApiError(424, said);
  }
  const told = status > 504 ? 529 : TOLD[status];
  if (told !== undefined) return new ApiError(told, said, { retryAfter });
  if (CONTENT_FILTER.test(text)) return filtered(said);
  if (IMAGE.test(message) && IMAGE_REFUSED.test(message)) {
    return new ApiError(400, `capability_rejected: image_block. ${said}`);
  }
  if (status < 400) {
    return new ApiError(
      502,
      `${provider} answered with a redirect, which is not followed (HTTP ${status}). Check OPENAI_BASE_URL`,
      { shouldRetry: false },
    );
  }
  return new ApiError(424, said);
}

/** A rate limit in tokens that this request alone exceeds: no waiting helps (Q68). */
function neverFits(message: string): boolean {
  const [, limit, asked] = /limit (\d+), requested (\d+)/i.exec(message) ?? [];
  return Number(asked) > Number(limit);
}

function filtered(said: string): ApiError {
  return new ApiError(400, `Output blocked by content filtering policy. ${said}`);
}

/** This phrase makes the client say "Not logged in" instead of showing the sentence (section 0, rule 12). */
function harmless(message: string): string {
  return message.replaceAll(/invalid x-api-key/gi, "invalid key");
}
