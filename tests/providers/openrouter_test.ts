import assert from "node:assert/strict";
import { openrouter } from "../../providers/openrouter.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { afterCall, BASH, frames, QUESTION, thinking, through } from "../support/through.ts";

testAdapter("openrouter", openrouter, {
  model: "deepseek/deepseek-v4",
  knows: {
    body: ["reasoning", "session_id", "cache_control"],
    assistant: ["reasoning", "reasoning_details"],
  },
  deltas: (turn) => plainDeltas(turn, "reasoning"),
  message: (turn) => plainMessage(turn, "reasoning"),
  frames: (frames) => [": OPENROUTER PROCESSING\n\n", ...frames],
  replays: (message, turn) => assert.equal(message["reasoning"], turn.thinking),
});

const CALL = {
  index: 0,
  id: "call_00000001",
  type: "function",
  function: { name: "Bash", arguments: '{"command":"ls"}' },
};

function delta(delta: unknown, rest: unknown = {}) {
  return { provider: "Someone", choices: [{ index: 0, delta, ...rest as object }] };
}

const DONE = delta({}, { finish_reason: "tool_calls", native_finish_reason: "tool_use" });

for (
  const [model, effort, sent] of [
    ["anthropic/claude-sonnet-5", "high", { effort: "high" }],
    ["anthropic/claude-sonnet-5", "max", { effort: "xhigh" }],
    ["anthropic/claude-sonnet-5", "none", { enabled: false }],
    ["google/gemini-3-pro", "none", { effort: "low" }],
    ["minimax/minimax-m2.5", "none", { effort: "low" }],
    ["openai/gpt-oss-120b", "none", { effort: "low" }],
    ["openai/gpt-5.2", "none", { enabled: false }],
    ["stepfun/step-3.5-flash:free", "none", { effort: "low" }],
    ["moonshotai/kimi-k2-thinking", "none", { effort: "low" }],
  ] as const
) {
  Deno.test(`openrouter: ${model} asked for effort ${effort} (Q24, Q71)`, async () => {
    const { body } = await through(openrouter, { model, ...thinking(effort) });
    assert.deepEqual(body["reasoning"], sent);
  });
}

Deno.test("openrouter: Claude is asked to cache, in one mark that moves by itself (Q109)", async () => {
  const claude = await through(openrouter, { model: "anthropic/claude-sonnet-5" });
  assert.deepEqual(claude.body["cache_control"], { type: "ephemeral" });
  assert.equal(
    "cache_control" in (await through(openrouter, { model: "x-ai/grok-4" })).body,
    false,
  );
});

Deno.test("openrouter: a session stays with one provider (Q44)", async () => {
  assert.match(String((await through(openrouter, {})).body["session_id"]), /^[0-9a-f]{32}$/);
});

Deno.test("openrouter: the limit is max_tokens for all (Q71)", async () => {
  const { body } = await through(openrouter, { model: "openai/gpt-5" });
  assert.equal(body.max_tokens, 32_000);
});

const FAILED = {
  id: "gen-1",
  provider: "Moonshot",
  error: {
    code: 502,
    message: "Provider returned error",
    metadata: { raw: '{"error":{"message":"Engine overloaded"}}', provider_name: "Moonshot" },
  },
  choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
};

Deno.test("openrouter: an error in the stream says what the provider behind said (Q5, Q71)", async () => {
  const { status, answer } = await through(openrouter, {}, { script: [{ raw: frames(FAILED) }] });
  assert.equal(status, 502);
  assert.match(answer.error.message, /Moonshot: Engine overloaded/);
});

for (
  const [raw, said] of [
    ['{"message":"Bad"}', "Bad"],
    ['{"error":"Bad"}', "Bad"],
    ['[{"error":{"message":"Bad"}}]', "Bad"],
    ["upstream connect error", "upstream connect error"],
    [{ error: { message: "Bad" } }, "Bad"],
  ] as const
) {
  Deno.test(`openrouter: metadata.raw ${JSON.stringify(raw)} says "${said}" (Q71, Q114)`, async () => {
    const body = { error: { ...FAILED.error, code: 424, metadata: { raw } } };
    const { answer } = await through(openrouter, {}, {
      script: [{ error: { status: 424, body } }],
    });
    assert.match(answer.error.message, new RegExp(`mine: ${said}$`));
  });
}

Deno.test("openrouter: comments and CRLF are no frames (Q3, Q71)", async () => {
  const raw = [
    ": OPENROUTER PROCESSING\r\n\r\n",
    `data: ${JSON.stringify(delta({ role: "assistant", content: "Hi" }))}\r\n\r\n`,
    ": OPENROUTER PROCESSING\r\n\r\n",
    `data: ${JSON.stringify(delta({ content: "" }, { finish_reason: "stop" }))}\r\n\r\n`,
    `data: ${
      JSON.stringify({ ...delta({ content: "" }), usage: { prompt_tokens: 9, cost: 0.1 } })
    }\r\n\r\n`,
    "data: [DONE]\r\n\r\n",
  ];
  const { answer } = await through(openrouter, {}, { script: [{ raw }] });
  assert.deepEqual(answer.content, [{ type: "text", text: "Hi" }]);
  assert.equal(answer.usage.input_tokens, 9);
});

Deno.test("openrouter: choices that are null, without an error, are an error (Q71)", async () => {
  const body = '{"id":"gen-1","choices":null}';
  const script = [{
    error: { status: 200, headers: { "content-type": "application/json" }, body },
  }];
  const { status, answer } = await through(openrouter, {}, { script });
  assert.equal(status, 502);
  assert.match(answer.error.message, /broke off/);
});

Deno.test("openrouter: an answer inside `provider` is found (Q71)", async () => {
  const message = { role: "assistant", content: "Hi" };
  const provider = { choices: [{ message, finish_reason: "stop" }], usage: { prompt_tokens: 9 } };
  const body = JSON.stringify({ id: "gen-1", choices: null, provider });
  const script = [{
    error: { status: 200, headers: { "content-type": "application/json" }, body },
  }];
  const { answer } = await through(openrouter, {}, { script });
  assert.deepEqual(answer.content, [{ type: "text", text: "Hi" }]);
});

Deno.test("openrouter: a model without eyes is told so that the client drops the image (Q71)", async () => {
  const body = { error: { code: 404, message: "No endpoints found that support image input" } };
  const { status, answer } = await through(openrouter, {}, {
    script: [{ error: { status: 404, body } }],
  });
  assert.equal(status, 400);
  assert.match(answer.error.message, /^capability_rejected: image_block/);
});

Deno.test("openrouter: number ids are not given to the client as they are (Q71, Q84)", async () => {
  const script = [{ raw: frames(delta({ tool_calls: [{ ...CALL, id: "0" }] }), DONE) }];
  const { answer } = await through(openrouter, { tools: [BASH] }, { script });
  const id = (answer.content[0] as { id: string }).id;
  assert.match(id, /^[a-zA-Z0-9_-]{9,}$/);
  const { body } = await through(openrouter, { messages: afterCall(answer.content, id) });
  assert.equal((body.messages[1] as { tool_calls?: { id: string }[] }).tool_calls?.[0]?.id, "0");
});

Deno.test("openrouter: it searches the web itself, within the client's domains (A33)", async () => {
  const tool = {
    type: "web_search_20250305",
    name: "web_search",
    max_uses: 8,
    allowed_domains: ["example.com"],
  };
  const { body } = await through(openrouter, {
    tools: [tool],
    tool_choice: { type: "tool", name: "web_search" },
    messages: QUESTION.messages,
  });
  assert.deepEqual(body["plugins"], [{ id: "web", include_domains: ["example.com"] }]);
});
