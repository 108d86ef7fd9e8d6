/** Failures in answers of the Responses API, and where it is asked at all (Q41). */
import assert from "node:assert/strict";
import { ask, OWN, sent } from "../support/by_responses.ts";
import { answering } from "../support/ask.ts";
import { respond } from "../support/responses_wire.ts";

const FAILED = { ...respond([], "gpt-5.6"), status: "failed", usage: null };

for (
  const [code, text, status] of [
    ["server_error", "An error occurred while processing your request.", 502],
    ["rate_limit_exceeded", "Rate limit reached. Please try again in 11.05s.", 429],
    ["insufficient_quota", "You exceeded your current quota.", 402],
    ["context_length_exceeded", "Your input exceeds the context window of this model.", 400],
    ["server_is_overloaded", "Our servers are currently overloaded.", 529],
    ["invalid_prompt", "Invalid prompt: limited access to this content.", 424],
  ] as const
) {
  const error = { code, message: text };
  for (
    const [how, answer] of [
      ["response.failed", sent([{ type: "response.failed", response: { ...FAILED, error } }])],
      ["an error event", sent([{ type: "error", sequence_number: 2, param: null, ...error }])],
      ["a nested error event", sent([{ type: "error", error: { ...error, type: code } }])],
      ["a whole answer", answering({ ...FAILED, error })],
    ] as const
  ) {
    Deno.test(`responses: ${code} in ${how} is HTTP ${status} (Q113, Q115)`, async () => {
      const outcome = await ask(answer);
      assert.equal(outcome.error?.status, status);
      assert.deepEqual(outcome.events, []);
      if (status === 429) assert.equal(outcome.error.retryAfter, 12);
    });
  }
}

for (
  const [status, code] of [["failed", null], ["cancelled", null], [undefined, undefined]] as const
) {
  Deno.test(`responses: a response that is ${status} without a reason is an error`, async () => {
    const { error } = await ask(answering({ ...FAILED, status, error: code }));
    assert.equal(error?.status, 502);
  });
}

for (
  const [url, place] of [
    [`${OWN}/responses`, {}],
    [`${OWN}/responses`, { model: "gpt-5.4-mini" }],
    [`${OWN}/responses`, { model: "gpt-6" }],
    [`${OWN}/responses`, { question: { tools: [] } }],
    ["https://eu.api.openai.com/v1/responses", { baseUrl: "https://eu.api.openai.com/v1" }],
    [`${OWN}/chat/completions`, { model: "gpt-5.2" }],
    [`${OWN}/chat/completions`, { model: "gpt-5.4-chat-latest" }],
    [`${OWN}/chat/completions`, { model: "o3" }],
    [`${OWN}/chat/completions`, { question: { thinking: { type: "disabled" } } }],
    ["https://example.com/v1/chat/completions", { baseUrl: "https://example.com/v1" }],
    ["http://api.openai.com/v1/chat/completions", { baseUrl: "http://api.openai.com/v1" }],
    [
      "https://api.openai.com.evil.example/v1/chat/completions",
      { baseUrl: "https://api.openai.com.evil.example/v1" },
    ],
    [
      "https://example.com/api.openai.com/v1/chat/completions",
      { baseUrl: "https://example.com/api.openai.com/v1" },
    ],
  ] as const
) {
  Deno.test(`responses: ${JSON.stringify(place)} is asked at ${url} (Q41)`, async () => {
    let asked: unknown;
    await ask((address) => {
      asked = address;
      return Promise.resolve(Response.json({}, { status: 500 }));
    }, place);
    assert.equal(asked, url);
  });
}
