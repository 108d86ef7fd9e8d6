import assert from "node:assert/strict";
import { azure } from "../../providers/azure.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { BASH, frames, thinking, through } from "../support/through.ts";

testAdapter("azure", azure, {
  model: "gpt-4o",
  thinks: false,
  deltas: ({ thinking: _, ...turn }) => plainDeltas(turn),
  message: ({ thinking: _, ...turn }) => plainMessage(turn),
  frames: (frames) => [
    { choices: [], id: "", model: "", prompt_filter_results: [{ prompt_index: 0 }] },
    ...frames,
  ],
});

const KEYED = { OPENAI_API_KEY: "secret" };

Deno.test("azure: the key goes in its own header (Q45)", async () => {
  const { received } = await through(azure, {}, { settings: KEYED, path: "/openai/v1" });
  assert.equal(received[0]?.headers.get("api-key"), "secret");
  assert.equal(received[0]?.headers.has("authorization"), false);
  assert.equal(received[0]?.path, "/openai/v1/chat/completions");
});

Deno.test("azure: a token of Entra is a bearer (Q45)", async () => {
  const { received } = await through(azure, {}, { settings: { OPENAI_API_KEY: "eyJ0.e30.x" } });
  assert.equal(received[0]?.headers.get("authorization"), "Bearer eyJ0.e30.x");
  assert.equal(received[0]?.headers.has("api-key"), false);
});

Deno.test("azure: a bare resource means the deployment named like the model (Q45)", async () => {
  const settings = { ...KEYED, AZURE_API_VERSION: "2024-10-21" };
  const { received } = await through(azure, { model: "my gpt" }, { settings, path: "/" });
  assert.equal(received[0]?.path, "/openai/deployments/my%20gpt/chat/completions");
});

Deno.test("azure: the API version stands in the query, the base URL's own first (Q45)", () => {
  const call = { model: "gpt", env: { AZURE_API_VERSION: "one" } };
  const url = (baseUrl: string) =>
    azure.url?.({ ...call, baseUrl } as unknown as Parameters<NonNullable<typeof azure.url>>[0]);
  assert.equal(
    url("https://me.openai.azure.com"),
    "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=one",
  );
  assert.equal(
    url("https://me.openai.azure.com/openai/deployments/gpt?api-version=two"),
    "https://me.openai.azure.com/openai/deployments/gpt/chat/completions?api-version=two",
  );
  assert.equal(
    url("https://me.services.ai.azure.com/models"),
    "https://me.services.ai.azure.com/models/chat/completions?api-version=one",
  );
  assert.equal(
    url("https://me.openai.azure.com/openai/v1"),
    "https://me.openai.azure.com/openai/v1/chat/completions",
  );
});

Deno.test("azure: OpenAI's families have OpenAI's rules (Q40, Q41)", async () => {
  const { body } = await through(azure, { model: "gpt-5.5", tools: [BASH], ...thinking("high") });
  assert.equal(body.reasoning_effort, "none");
  assert.equal(body["max_completion_tokens"], 32_000);
});

Deno.test("azure: a preamble without choices and filter results are no answer (Q1, Q45)", async () => {
  const preamble = { choices: [], id: "", model: "", prompt_filter_results: [{ prompt_index: 0 }] };
  const chunks = frames(
    preamble,
    { choices: [{ index: 0, delta: { role: "assistant", content: "Hi" } }], model: "gpt-4o" },
    { choices: [{ index: 0, content_filter_results: {}, finish_reason: "stop", delta: {} }] },
    { choices: [{ index: 0, content_filter_offsets: { start_offset: 1 }, finish_reason: null }] },
    { choices: [], usage: { prompt_tokens: 7, completion_tokens: 1 } },
  );
  const { answer } = await through(azure, {}, { script: [{ raw: chunks }] });
  assert.equal(answer.model, "model-1");
  assert.deepEqual(answer.content, [{ type: "text", text: "Hi" }]);
  assert.equal(answer.usage.input_tokens, 7);
});

for (
  const { sentence, status, headers = {}, body, expect } of [
    {
      sentence: "a filtered prompt is told as one, at once",
      status: 400,
      body: {
        error: {
          code: "content_filter",
          message: "The response was filtered due to the prompt",
          innererror: { code: "ResponsibleAIPolicyViolation", content_filter_result: {} },
        },
      },
      expect: { status: 400, says: /^Output blocked by content filtering policy/ },
    },
    {
      sentence: "the gateway in front names a wrong key in its own shape",
      status: 401,
      body: { statusCode: 401, message: "Access denied due to invalid subscription key." },
      expect: { status: 401, says: /Access denied due to invalid subscription key/ },
    },
    {
      sentence: "a rate limit's wait stands in the sentence",
      status: 429,
      headers: {},
      body: { error: { code: "429", message: "Rate limit. Please retry after 13 seconds." } },
      expect: { status: 429, says: /Please retry after 13 seconds/ },
    },
  ]
) {
  Deno.test(`azure: ${sentence} (Q45, Q114)`, async () => {
    const passage = await through(azure, {}, { script: [{ error: { status, headers, body } }] });
    assert.equal(passage.status, expect.status);
    assert.match(passage.answer.error.message, expect.says);
  });
}
