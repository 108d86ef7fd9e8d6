import assert from "node:assert/strict";
import { openrouter } from "../../providers/openrouter.ts";
import { mergeDetails } from "../../providers/reasoning_details.ts";
import { plainDeltas, plainMessage, testAdapter } from "../conformance.ts";
import { afterCall, BASH, frames, through } from "../support/through.ts";

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
