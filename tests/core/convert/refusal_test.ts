import assert from "node:assert/strict";
import { toApiError } from "../../../core/convert/refusal.ts";

function refuse(status: number, message: string, code = "", retryAfter?: number) {
  return toApiError({
    status,
    message,
    code,
    body: {},
    headers: new Headers(),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }, { provider: "acme", model: "model-1", used: 10, limit: undefined });
}

/** What the provider says, and what the client must hear (gateway-protocol 4 and 7). */
const MAP: readonly [number, string, number, string, RegExp][] = [
  [400, "Unknown parameter", 424, "invalid_request_error", /^acme: Unknown parameter$/],
  [400, "Tool names are case-sensitive", 424, "invalid_request_error", /^acme: Tool names/],
  [422, "Extra inputs", 424, "invalid_request_error", /Extra inputs/],
  [401, "invalid x-api-key", 401, "authentication_error", /OPENAI_API_KEY.*invalid key/],
  [401, "No", 401, "authentication_error", /\/login does not change it/],
  [
    403,
    "Forbidden",
    401,
    "authentication_error",
    /does not let the key of this proxy do that.*Forbid/,
  ],
  [
    403,
    "This model requires moderation and your input was flagged",
    400,
    "invalid_request_error",
    /^Output blocked by content filtering policy\. acme: .*flagged/,
  ],
  [402, "Insufficient Balance", 402, "billing_error", /Insufficient Balance/],
  [429, "You exceeded your current quota", 402, "billing_error", /quota/],
  [
    429,
    "Request too large on tokens per min (TPM): Limit 30000, Requested 40595. The input must be reduced",
    424,
    "invalid_request_error",
    /Limit 30000/,
  ],
  [
    429,
    "Rate limit reached on tokens per min (TPM): Limit 30000, Used 20000, Requested 15000",
    429,
    "rate_limit_error",
    /Used 20000/,
  ],
  [404, "The model `x` does not exist", 404, "not_found_error", /model "model-1"/],
  [404, "page not found", 424, "invalid_request_error", /OPENAI_BASE_URL/],
  [408, "timeout", 504, "timeout_error", /timeout/],
  [504, "upstream timed out", 504, "timeout_error", /timed out/],
  [409, "conflict", 409, "conflict_error", /conflict/],
  [413, "too large", 413, "request_too_large", /too large/],
  [429, "Slow down", 429, "rate_limit_error", /Slow down/],
  [500, "oops", 502, "api_error", /oops/],
  [502, "bad gateway", 502, "api_error", /bad gateway/],
  [503, "overloaded", 529, "overloaded_error", /overloaded/],
  [520, "unknown", 529, "overloaded_error", /unknown/],
  [529, "overloaded", 529, "overloaded_error", /overloaded/],
  [200, "worker died", 502, "api_error", /worker died/],
  [302, "moved", 502, "api_error", /redirect.*OPENAI_BASE_URL/],
  [
    400,
    "flagged by the content management policy",
    400,
    "invalid_request_error",
    /^Output blocked by content filtering policy/,
  ],
  [
    400,
    "image input is not supported",
    400,
    "invalid_request_error",
    /^capability_rejected: image_block/,
  ],
  [
    400,
    "image_url is unsupported",
    400,
    "invalid_request_error",
    /^capability_rejected: image_block/,
  ],
  [
    400,
    "invalid schema of the tool pull_image",
    424,
    "invalid_request_error",
    /^(?!capability)/,
  ],
  [
    500,
    "Input is too long for requested model.",
    400,
    "invalid_request_error",
    /^prompt is too long$/,
  ],
  [
    413,
    "prompt is too long: 20 tokens > 10 maximum",
    400,
    "invalid_request_error",
    /20 tokens > 10 maximum/,
  ],
];

for (const [status, said, expected, type, sentence] of MAP) {
  Deno.test(`a refusal ${status} "${said}" becomes ${expected}`, () => {
    const error = refuse(status, said);
    assert.deepEqual([error.status, error.type], [expected, type]);
    assert.match(error.message, sentence);
  });
}

Deno.test("the wait that the provider asks for is handed on", () => {
  for (const status of [429, 500, 503]) assert.equal(refuse(status, "wait", "", 7).retryAfter, 7);
});

Deno.test("a bad key is not asked again with, and no redirect is followed", () => {
  for (const status of [401, 403, 302]) assert.equal(refuse(status, "no").shouldRetry, false);
});

Deno.test("a code counts as much as the sentence", () => {
  assert.equal(refuse(429, "No.", "insufficient_quota").status, 402);
  assert.match(refuse(400, "No.", "context_length_exceeded").message, /^prompt is too long/);
});
