/** Section 4 of the gateway protocol: what the client must be told so that it does the right thing. */
import assert from "node:assert/strict";
import { setStage } from "./stage.ts";

interface Case {
  readonly says: string;
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
  readonly expected: {
    readonly status: number;
    readonly type: string;
    readonly message: RegExp;
    readonly retryAfter?: string;
    readonly shouldRetry?: string;
  };
}

function error(message: string, more: Record<string, unknown> = {}) {
  return { error: { message, ...more } };
}

const CASES: readonly Case[] = [
  {
    says: "4.1: a refusal that no switch cures is 424, so that it is asked once and shown",
    status: 400,
    body: error("Unsupported value: 'foo'"),
    expected: { status: 424, type: "invalid_request_error", message: /Unsupported value: 'foo'/ },
  },
  {
    says: "4.1: a bad provider key is 401 without retry, in words that are not a login",
    status: 401,
    body: error("invalid x-api-key"),
    expected: {
      status: 401,
      type: "authentication_error",
      message: /^(?!.*invalid x-api-key).*OPENAI_API_KEY/,
      shouldRetry: "false",
    },
  },
  {
    says: "4.1: spent credit is 402",
    status: 429,
    body: error("You exceeded your current quota", { code: "insufficient_quota" }),
    expected: { status: 402, type: "billing_error", message: /exceeded your current quota/ },
  },
  {
    says: "4.1: a rate limit stays 429 with its wait",
    status: 429,
    headers: { "retry-after": "17" },
    body: error("slow down"),
    expected: { status: 429, type: "rate_limit_error", message: /slow down/, retryAfter: "17" },
  },
  {
    says: "4.1: the wait is read from Google's RetryInfo",
    status: 429,
    body: [{ error: { code: 429, message: "busy", details: [{ retryDelay: "37s" }] } }],
    expected: { status: 429, type: "rate_limit_error", message: /busy/, retryAfter: "37" },
  },
  {
    says: "4.1: the wait is read from the sentence",
    status: 429,
    body: error("Please try again in 7.66s."),
    expected: { status: 429, type: "rate_limit_error", message: /try again/, retryAfter: "8" },
  },
  {
    says: "4.1: an unknown model is 404",
    status: 404,
    body: error("The model `x` does not exist"),
    expected: { status: 404, type: "not_found_error", message: /does not know the model/ },
  },
  {
    says: "0.13: a wrong base URL is not 404, which would be blamed on the model",
    status: 404,
    body: "<html><title>nginx</title></html>",
    expected: { status: 424, type: "invalid_request_error", message: /OPENAI_BASE_URL/ },
  },
  {
    says: "4.1: a content filter is said in the words the client knows",
    status: 400,
    body: error("The response was filtered", { code: "content_filter" }),
    expected: {
      status: 400,
      type: "invalid_request_error",
      message: /^Output blocked by content filtering policy/,
    },
  },
  {
    says: "4.2: a refused image makes the client drop it",
    status: 400,
    body: error("This model does not support image input"),
    expected: {
      status: 400,
      type: "invalid_request_error",
      message: /capability_rejected: image_block/,
    },
  },
  {
    says: "4.3: an overflow is said in Anthropic's words, with the numbers",
    status: 400,
    body: error(
      "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
      { code: "context_length_exceeded" },
    ),
    expected: {
      status: 400,
      type: "invalid_request_error",
      message: /^prompt is too long: 130000 tokens > 128000 maximum$/,
    },
  },
  {
    says: "4.3: an overflow under another status is one too",
    status: 500,
    body: error("Input is too long for requested model."),
    expected: { status: 400, type: "invalid_request_error", message: /^prompt is too long/ },
  },
  {
    says: "7: a timeout of the provider is 504",
    status: 504,
    body: "",
    expected: { status: 504, type: "timeout_error", message: /generic/ },
  },
  {
    says: "7: an overloaded provider is 529",
    status: 503,
    body: error("The model is overloaded"),
    expected: { status: 529, type: "overloaded_error", message: /overloaded/ },
  },
  {
    says: "7: a broken provider is 502",
    status: 500,
    body: error("oops"),
    expected: { status: 502, type: "api_error", message: /oops/ },
  },
];

for (const { says, status, body, headers, expected } of CASES) {
  Deno.test(says, async () => {
    await using stage = setStage(() => ({
      error: { status, body, ...(headers ? { headers } : {}) },
    }));
    for (const stream of [false, true]) {
      const { response, error } = await stage.refused({ stream });
      assert.equal(response.status, expected.status);
      assert.equal(error.type, expected.type);
      assert.match(error.message, expected.message);
      assert.equal(response.headers.get("retry-after"), expected.retryAfter ?? null);
      assert.equal(response.headers.get("x-should-retry"), expected.shouldRetry ?? null);
      assert.match(response.headers.get("request-id") ?? "", /^req_/);
    }
  });
}

const FRAME = (choice: unknown) => `data: ${JSON.stringify({ choices: [choice] })}\n\n`;
const TEXT = FRAME({ delta: { content: "half an answer" } });
const CALL = FRAME({
  delta: {
    tool_calls: [{
      index: 0,
      id: "call_123456",
      function: { name: "Bash", arguments: '{"command":"ls"}' },
    }],
  },
});

Deno.test("4.4: a stream that breaks inside a text leaves it open, so that the client asks again", async () => {
  await using stage = setStage(() => ({ raw: [TEXT] }));
  const types = (await stage.stream({})).map(({ type }) => type);
  assert.deepEqual(types, ["message_start", "content_block_start", "content_block_delta", "error"]);
});

Deno.test("4.4: a tool call that was complete when the stream broke is closed, so that it runs", async () => {
  await using stage = setStage(() => ({ raw: [CALL] }));
  const types = (await stage.stream({})).map(({ type }) => type);
  assert.deepEqual(types.slice(-2), ["content_block_stop", "error"]);
});

Deno.test("5.2: a provider's filter before anything was sent is an error in the words the client knows", async () => {
  await using stage = setStage(() => ({ finish: "content_filter" }));
  for (const stream of [false, true]) {
    const { response, error } = await stage.refused({ stream });
    assert.equal(response.status, 400);
    assert.match(error.message, /^Output blocked by content filtering policy/);
  }
});

Deno.test("4.4: a fault before anything was sent is an HTTP error, not a broken stream", async () => {
  const frame = `data: ${
    JSON.stringify({ error: { message: "engine overloaded", code: 503 } })
  }\n\n`;
  await using stage = setStage(() => ({ raw: [frame] }));
  const { response, error } = await stage.refused({ stream: true });
  assert.equal(response.status, 529);
  assert.equal(error.type, "overloaded_error");
});

Deno.test("4.3: an overflow after the status is told in the error event", async () => {
  const frame = `data: ${JSON.stringify({ error: { message: "context_length_exceeded" } })}\n\n`;
  await using stage = setStage(() => ({ raw: [TEXT, frame] }));
  const last = (await stage.stream({})).at(-1);
  assert.ok(last?.type === "error");
  assert.match(last.error.message, /^prompt is too long/);
});
