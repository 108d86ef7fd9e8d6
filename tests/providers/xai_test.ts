import assert from "node:assert/strict";
import { xai } from "../../providers/xai.ts";
import { testAdapter } from "../conformance.ts";
import { frames, thinking, through } from "../support/through.ts";

testAdapter("xai", xai, {
  model: "grok-4.3",
  // 5 of the 20 answer tokens are thinking, counted apart (Q110).
  usage: {
    prompt_tokens: 100,
    completion_tokens: 15,
    prompt_tokens_details: { cached_tokens: 60 },
    completion_tokens_details: { reasoning_tokens: 5 },
  },
  replays: (message) => assert.equal("reasoning_content" in message, false),
  refuses: [
    (body) =>
      JSON.stringify(body.tools ?? []).includes('"additionalProperties":false')
        ? "additionalProperties"
        : undefined,
    (body) => "stop" in body ? "Argument not supported on this model: stop" : undefined,
  ],
  errors: [
    {
      status: 200,
      body: { code: "The service is currently unavailable", error: "Model overloaded" },
      expect: { status: 502, says: /Model overloaded/ },
    },
    {
      status: 400,
      body: {
        code: "Client specified an invalid argument",
        error:
          "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
      },
      expect: { status: 400, says: /^prompt is too long: 537812 tokens > 131072 maximum/ },
    },
  ],
});

for (
  const [model, effort, sent] of [
    ["grok-3-mini", "medium", "high"],
    ["grok-3-mini", "none", "low"],
    ["grok-4.3", "none", "none"],
    ["grok-4.3", "max", "high"],
    ["grok-4.6", "max", "xhigh"],
    ["grok-4", "high", undefined],
    ["grok-4.20-reasoning", "high", undefined],
    ["grok-4.20-non-reasoning", "high", undefined],
    ["grok-code-fast-1", "high", undefined],
  ] as const
) {
  Deno.test(`xai: ${model} asked for effort ${effort} is told ${sent} (Q24, Q70)`, async () => {
    const { body } = await through(xai, { model, ...thinking(effort) });
    assert.equal(body.reasoning_effort, sent);
  });
}

Deno.test("xai: stop texts go to models that do not think (Q70)", async () => {
  const model = "grok-4.20-non-reasoning";
  const { body } = await through(xai, { model, stop_sequences: ["END"] });
  assert.deepEqual(body.stop, ["END"]);
});

Deno.test("xai: a cache count above the prompt's was left out of it already (Q70, Q110)", async () => {
  const usage = {
    prompt_tokens: 10,
    completion_tokens: 1,
    prompt_tokens_details: { cached_tokens: 50 },
  };
  const { answer } = await through(xai, {}, { script: [{ text: "Hi", usage }] });
  assert.deepEqual([answer.usage.input_tokens, answer.usage.cache_read_input_tokens], [10, 50]);
});

Deno.test("xai: a JSON error in place of a stream, or inside it, is an error (Q5, Q6, Q70)", async () => {
  const body = { code: "unavailable", error: "Model overloaded" };
  const script = [{ error: { status: 200, body } }];
  const whole = await through(xai, {}, { script });
  assert.match(whole.answer.error.message, /Model overloaded/);
  const inside = await through(xai, {}, { script: [{ raw: frames(body) }] });
  assert.match(inside.answer.error.message, /Model overloaded/);
});

Deno.test("xai: a session has its own header (Q44)", async () => {
  const { received } = await through(xai, {}, { settings: { OPENAI_API_KEY: "key" } });
  assert.match(received[0]?.headers.get("x-grok-conv-id") ?? "", /^[0-9a-f]{32}$/);
  assert.equal(received[0]?.headers.get("authorization"), "Bearer key");
});
