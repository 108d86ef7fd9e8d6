import assert from "node:assert/strict";
import { openrouter } from "../../providers/openrouter.ts";
import { mergeDetails } from "../../providers/reasoning_details.ts";
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

/** Thinking as OpenRouter gives Claude's: in fragments, the signature in one of its own (Q71). */
const SIGNED = {
  type: "reasoning.text",
  format: "anthropic-claude-v1",
  index: 0,
};

testAdapter("openrouter", openrouter, {
  model: "anthropic/claude-opus-5",
  knows: {
    body: ["reasoning", "session_id", "cache_control", "plugins"],
    assistant: ["reasoning", "reasoning_details"],
  },
  deltas(turn) {
    const { thinking = "", ...rest } = turn;
    return [
      ...plainDeltas({ thinking, calls: [], finish: turn.finish }, "reasoning").map((delta) =>
        delta["reasoning"]
          ? { ...delta, reasoning_details: [{ ...SIGNED, text: delta["reasoning"] }] }
          : delta
      ),
      ...(thinking === "" ? [] : [{ reasoning_details: [{ ...SIGNED, signature: "SIG" }] }]),
      ...plainDeltas(rest),
    ];
  },
  message: (turn) => ({
    ...plainMessage(turn, "reasoning"),
    ...(turn.thinking
      ? { reasoning_details: [{ ...SIGNED, text: turn.thinking, signature: "SIG" }] }
      : {}),
  }),
  replays: (message, turn) =>
    assert.deepEqual(message["reasoning_details"], [
      { ...SIGNED, text: turn.thinking, signature: "SIG" },
    ]),
});

const CALL = {
  index: 0,
  id: "call_00000001",
  type: "function",
  function: { name: "Bash", arguments: '{"command":"ls"}' },
};

const CLAUDE = { type: "reasoning.text", format: "anthropic-claude-v1", index: 0 };

function delta(delta: unknown, rest: unknown = {}) {
  return { provider: "Someone", choices: [{ index: 0, delta, ...rest as object }] };
}

const DONE = delta({}, { finish_reason: "tool_calls", native_finish_reason: "tool_use" });

/** The assistant message that goes back after an answer of these chunks, for a call of Bash. */
async function replayed(model: string, ...chunks: readonly unknown[]) {
  const script = [{ raw: frames(...chunks) }];
  const { answer } = await through(openrouter, { model, tools: [BASH] }, { script });
  const { body } = await through(openrouter, { model, messages: afterCall(answer.content) });
  return { answer, message: body.messages[1] as unknown as Record<string, unknown> };
}

Deno.test("openrouter: details go back merged and whole, and their text is shown once (Q12, Q71)", async () => {
  const { answer, message } = await replayed(
    "anthropic/claude-sonnet-5",
    delta({ reasoning: "I ", reasoning_details: [{ ...CLAUDE, text: "I " }] }),
    delta({ reasoning: "look.", reasoning_details: [{ ...CLAUDE, text: "look." }] }),
    delta({ reasoning_details: [{ ...CLAUDE, signature: "SIG" }] }),
    delta({ tool_calls: [CALL] }),
    DONE,
  );
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "tool_use"]);
  assert.equal((answer.content[0] as { thinking?: string }).thinking, "I look.");
  assert.deepEqual(message["reasoning_details"], [{
    ...CLAUDE,
    text: "I look.",
    signature: "SIG",
  }]);
  assert.equal("reasoning_content" in message || "reasoning" in message, false);
});

Deno.test("openrouter: Claude's signature may come after the call it belongs to (Q71)", async () => {
  const { answer, message } = await replayed(
    "anthropic/claude-sonnet-5",
    delta({ reasoning: "I look.", reasoning_details: [{ ...CLAUDE, text: "I look." }] }),
    delta({ tool_calls: [CALL] }),
    delta({ reasoning_details: [{ ...CLAUDE, signature: "SIG" }] }),
    DONE,
  );
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "tool_use"]);
  assert.deepEqual(message["reasoning_details"], [{
    ...CLAUDE,
    text: "I look.",
    signature: "SIG",
  }]);
});

Deno.test("openrouter: a signature that comes after text still stands before its calls (Q71)", async () => {
  const { answer, message } = await replayed(
    "anthropic/claude-sonnet-5",
    delta({ reasoning: "I look.", reasoning_details: [{ ...CLAUDE, text: "I look." }] }),
    delta({ content: "Wait." }),
    delta({ tool_calls: [CALL] }),
    delta({ reasoning_details: [{ ...CLAUDE, signature: "SIG" }] }),
    DONE,
  );
  const types = answer.content.map(({ type }) => type);
  assert.deepEqual(types, ["thinking", "text", "thinking", "tool_use"]);
  assert.deepEqual(message["reasoning_details"], [{
    ...CLAUDE,
    text: "I look.",
    signature: "SIG",
  }]);
});

Deno.test("openrouter: Gemini's signature of a call comes with or after it (Q50, Q71)", async () => {
  const encrypted = {
    type: "reasoning.encrypted",
    data: "SIG",
    id: CALL.id,
    format: "google-gemini-v1",
    index: 0,
  };
  const { answer, message } = await replayed(
    "google/gemini-3-pro",
    delta({ tool_calls: [CALL] }),
    delta({ reasoning_details: [encrypted] }),
    DONE,
  );
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "tool_use"]);
  assert.deepEqual(message["reasoning_details"], [encrypted]);
});

Deno.test("openrouter: Gemini gets a stand-in signature on calls of other models (Q50, Q71)", async () => {
  const call = { type: "tool_use", id: "toolu_1", name: "Bash", input: {} };
  const messages = afterCall([call], "toolu_1");
  const { body } = await through(openrouter, { model: "google/gemini-3-pro", messages });
  const [detail] = (body.messages[1] as { reasoning_details?: Record<string, unknown>[] })
    .reasoning_details ?? [];
  assert.equal(detail?.["data"], "skip_thought_signature_validator");
  assert.equal(detail?.["id"], "toolu_1");
});

Deno.test("openrouter: encrypted details without data and OpenAI's ids do not go back (Q71)", () => {
  const openai = { type: "reasoning.summary", format: "openai-responses-v1", index: 0 };
  assert.deepEqual(
    mergeDetails([
      [{ ...openai, id: "rs_1", summary: "I " }, { type: "reasoning.encrypted", index: 1 }],
      { ...openai, id: "rs_1", summary: "look." },
    ]),
    [{ ...openai, summary: "I look." }],
  );
});

Deno.test("openrouter: thinking without details goes back as `reasoning` (Q20, Q21)", async () => {
  const { message } = await replayed(
    "deepseek/deepseek-v4",
    delta({ reasoning: "I look." }),
    delta({ tool_calls: [CALL] }),
    DONE,
  );
  assert.equal(message["reasoning"], "I look.");
});

Deno.test("openrouter: a whole answer's details go back too", async () => {
  const message = {
    role: "assistant",
    content: null,
    reasoning: "I look.",
    reasoning_details: [{ ...CLAUDE, text: "I look.", signature: "SIG" }],
    tool_calls: [CALL],
  };
  const body = JSON.stringify({ choices: [{ message, finish_reason: "tool_calls" }] });
  const script = [{
    error: { status: 200, headers: { "content-type": "application/json" }, body },
  }];
  const model = "anthropic/claude-sonnet-5";
  const { answer } = await through(openrouter, { model, tools: [BASH] }, { script });
  const again = await through(openrouter, { model, messages: afterCall(answer.content) });
  const sent = again.body.messages[1] as { reasoning_details?: unknown };
  assert.deepEqual(sent.reasoning_details, message.reasoning_details);
});

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
