import assert from "node:assert/strict";
import { generic } from "../../providers/generic.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { afterCall, BASH, frames, QUESTION, thinking, through } from "../support/through.ts";

testAdapter("generic", generic, {
  knows: { assistant: ["reasoning"] },
  deltas: (turn) => plainDeltas(turn, "reasoning"),
  message: (turn) => plainMessage(turn, "reasoning"),
  replays: (message, turn) => assert.equal(message["reasoning"], turn.thinking),
});

const CALL = {
  index: 0,
  id: "call_00000001",
  type: "function",
  function: { name: "Bash", arguments: '{"command":"ls"}' },
};

for (const field of ["reasoning_content", "reasoning", "reasoning_text"]) {
  Deno.test(`generic: thinking that came as ${field} goes back as ${field} (Q20, Q21)`, async () => {
    const script = [{
      raw: frames(
        { choices: [{ delta: { [field]: "I look." } }] },
        { choices: [{ delta: { tool_calls: [CALL] } }] },
        { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
      ),
    }];
    const { answer } = await through(generic, { tools: [BASH] }, { script });
    assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "tool_use"]);
    const { body } = await through(generic, { messages: afterCall(answer.content) });
    assert.deepEqual(body.messages[1], {
      role: "assistant",
      content: null,
      tool_calls: [{ id: CALL.id, type: CALL.type, function: CALL.function }],
      [field]: "I look.",
    });
  });
}

Deno.test("generic: thinking that stood in the text does not go back (Q21, Q27)", async () => {
  const script = [{ text: "<think>I look.</think>\n\nHello." }];
  const { answer } = await through(generic, {}, { script });
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "text"]);
  const messages = [
    ...QUESTION.messages,
    { role: "assistant", content: answer.content },
    ...QUESTION.messages,
  ];
  const { body } = await through(generic, { messages });
  assert.deepEqual(body.messages[1], { role: "assistant", content: "Hello." });
});

Deno.test("generic: Copilot's whole answer has its text and its calls in two choices (Q13)", async () => {
  const text = { index: 0, message: { content: "I look." }, finish_reason: "stop" };
  const calls = {
    index: 1,
    message: { content: null, tool_calls: [CALL] },
    finish_reason: "tool_calls",
  };
  const body = JSON.stringify({ choices: [text, calls], usage: { prompt_tokens: 5 } });
  const script = [{
    error: { status: 200, headers: { "content-type": "application/json" }, body },
  }];
  const { answer } = await through(generic, { tools: [BASH] }, { script });
  assert.deepEqual(answer.content.map(({ type }) => type), ["text", "tool_use"]);
  assert.equal(answer.stop_reason, "tool_use");
});

Deno.test("generic: a first chunk without choices or role, with empty names, is no answer (Q1, Q7)", async () => {
  const script = [{
    raw: frames(
      { choices: [], created: 0, id: "", model: "", object: "", prompt_filter_results: [] },
      { choices: [{ index: 0, delta: { tool_calls: [CALL] } }] },
      { choices: [{ index: 0, delta: { role: "", content: null }, finish_reason: "tool_calls" }] },
    ),
  }];
  const { answer } = await through(generic, { tools: [BASH] }, { script });
  assert.deepEqual(answer.content.map(({ type }) => type), ["tool_use"]);
});

Deno.test("generic: one system message, the later ones as reminders in place (A30, Q104)", async () => {
  const messages = [...QUESTION.messages, { role: "system", content: "Note" }];
  const { body } = await through(
    generic,
    { system: "Be kind", messages },
  );
  assert.deepEqual(body.messages, [
    { role: "system", content: "Be kind" },
    { role: "user", content: "Hello" },
    { role: "user", content: "<system-reminder>\nNote\n</system-reminder>" },
  ]);
});

Deno.test("generic: one call at a time is asked for where the client wants it, and only there (Q89)", async () => {
  const { body } = await through(generic, {
    tools: [BASH],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
  });
  assert.equal(body.parallel_tool_calls, false);
});

Deno.test("generic: nothing is sent that an unknown host may refuse (Q24, Q89, Q106)", async () => {
  const { body } = await through(generic, {
    ...thinking("high"),
    tools: [BASH],
    tool_choice: { type: "auto" },
    metadata: { user_id: "me" },
  });
  const known = ["model", "messages", "max_tokens", "tools", "tool_choice"];
  assert.deepEqual(Object.keys(body).filter((field) => !known.includes(field)), []);
});

Deno.test("generic: a model of OpenAI's name has OpenAI's rules behind any host (Q40)", async () => {
  const { body } = await through(generic, { model: "openai/gpt-5.1", ...thinking("high") });
  assert.equal(body.reasoning_effort, "high");
  assert.equal(body["max_completion_tokens"], 32_000);
});

Deno.test("generic: Copilot's sealed thinking goes back with the open one (Q75)", async () => {
  const script = [{
    raw: frames(
      { choices: [{ delta: { reasoning_text: "I look." } }] },
      { choices: [{ delta: { reasoning_opaque: "SEALED", tool_calls: [CALL] } }] },
      { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
    ),
  }];
  const { answer } = await through(generic, { tools: [BASH] }, { script });
  const { body } = await through(generic, { messages: afterCall(answer.content) });
  const message = body.messages[1] as unknown as Record<string, unknown>;
  assert.deepEqual([message["reasoning_text"], message["reasoning_opaque"]], ["I look.", "SEALED"]);
});

Deno.test("generic: Bedrock's gpt-oss thinks in <reasoning> tags (Q27, Q76)", async () => {
  const script = [{ text: "<reasoning>Hm.</reasoning>Yes." }];
  const { answer } = await through(generic, {}, { script });
  assert.deepEqual(answer.content.map(({ type }) => type), ["thinking", "text"]);
});

Deno.test("generic: calls whose name is null after the first piece are one call (Q77, Q81)", async () => {
  const piece = (name: string | null, json: string) => ({
    choices: [{
      delta: {
        content: null,
        reasoning_content: null,
        tool_calls: [{ index: 0, id: name && CALL.id, function: { name, arguments: json } }],
      },
    }],
  });
  const raw = frames(
    piece("Bash", ""),
    piece(null, '{"command":'),
    piece(null, '"ls"}'),
    { choices: [{ delta: {}, finish_reason: "tool_calls" }] },
  );
  const { answer } = await through(generic, { tools: [BASH] }, { script: [{ raw }] });
  assert.deepEqual(answer.content.map((block) => block.type === "tool_use" && block.input), [
    { command: "ls" },
  ]);
});

for (
  const [who, status, body, expect, says] of [
    [
      "LiteLLM wraps the refusal of its provider in words (Q72, Q114)",
      400,
      {
        error: {
          message:
            'litellm.BadRequestError: GroqException - {"error":{"message":"No luck","code":"x"}}',
        },
      },
      424,
      /No luck$/,
    ],
    [
      "new-api's refusals have a type of their own (Q72, Q114)",
      500,
      { error: { message: "No luck (request id: 1)", type: "new_api_error", code: "bad" } },
      502,
      /No luck/,
    ],
    [
      "Vercel's gateway says overflow in its own words (Q72, Q113)",
      400,
      { error: { message: "Input too long: 300000 input tokens, limit is 200000" } },
      400,
      /^prompt is too long: 300000 tokens > 200000 maximum/,
    ],
    [
      "Copilot says overflow in its own words (Q75, Q113)",
      400,
      { error: { message: "prompt token count of 130000 exceeds the limit of 128000" } },
      400,
      /^prompt is too long: 130000 tokens > 128000 maximum/,
    ],
    [
      "Bedrock says overflow in its own words, flat (Q76, Q113, Q114)",
      400,
      { message: "Input is too long for requested model." },
      400,
      /^prompt is too long/,
    ],
    [
      "SiliconFlow's refusals are flat (Q77, Q114)",
      424,
      { code: 20012, message: "No luck", data: null },
      424,
      /No luck/,
    ],
    ["Fireworks' error may be a text (Q77, Q114)", 424, { error: "No luck" }, 424, /No luck/],
    [
      "Together's error stands beside an id (Q77, Q114)",
      424,
      { id: "1", error: { message: "No luck" } },
      424,
      /No luck/,
    ],
    [
      "NVIDIA's refusals have a title and a detail (Q74, Q114)",
      424,
      { status: 424, title: "Bad", detail: "No luck" },
      424,
      /No luck/,
    ],
  ] as const
) {
  Deno.test(`generic: ${who}`, async () => {
    const passage = await through(generic, {}, { script: [{ error: { status, body } }] });
    assert.equal(passage.status, expect);
    assert.match(passage.answer.error.message, says);
  });
}

Deno.test("generic: AWS's refusal of tools with effort is cured by its words (Q41, Q76, Q116)", async () => {
  const message =
    "Function tools with reasoning_effort are not supported for gpt-5.2 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.";
  const script = [{ error: { status: 400, body: { error: { message } } } }, { text: "Hello." }];
  const { status, received } = await through(generic, {
    model: "gpt-5.2",
    tools: [BASH],
    ...thinking("high"),
  }, { script });
  assert.equal(status, 200);
  assert.equal(received[1]?.body["reasoning_effort"], "none");
});
