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

Deno.test("generic: nothing is sent that an unknown host may refuse (Q24, Q89, Q106)", async () => {
  const { body } = await through(generic, {
    ...thinking("high"),
    tools: [BASH],
    tool_choice: { type: "auto", disable_parallel_tool_use: true },
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
