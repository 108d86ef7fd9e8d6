import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { providers } from "../../providers/mod.ts";
import { minimax } from "../../providers/minimax.ts";
import { plainDeltas, plainMessage, type SpokenTurn, testAdapter } from "../conformance.ts";
import { frames, thinking, through } from "../support/through.ts";

const OK = { base_resp: { status_code: 0, status_msg: "" }, input_sensitive: false };

/** Empty roles, usage of zeros in each chunk, thinking in two fields, and a summary at the end (Q7, Q10, Q60). */
testAdapter("minimax", minimax, {
  model: "MiniMax-M2.7",
  knows: { body: ["reasoning_split", "thinking"], assistant: ["reasoning_details"] },
  deltas: (turn) =>
    plainDeltas(turn).map(({ reasoning_content: text, ...delta }) =>
      text === undefined ? { role: "", ...delta } : {
        role: "",
        content: "",
        reasoning_content: text,
        reasoning_details: details(String(text)),
      }
    ),
  message: (turn) => ({ ...plainMessage(turn), ...reasoningOf(turn) }),
  frames: (frames, turn) => [
    ...frames.slice(0, -2).map((frame) => ({ ...frame, ...OK, usage: { total_tokens: 0 } })),
    {
      ...frames.at(-2),
      ...OK,
      object: "chat.completion",
      usage: frames.at(-1)!["usage"],
      choices: [{
        index: 0,
        finish_reason: turn.finish,
        message: { ...plainMessage(turn), ...reasoningOf(turn) },
      }],
    },
  ],
  whole: (completion) => ({ ...completion, ...OK }),
  refusal: (message) => ({
    status: 400,
    body: {
      type: "error",
      error: { type: "bad_request_error", message: `invalid params, ${message} (2013)` },
    },
  }),
  refuses: [
    // Q60
    ({ messages }) =>
      messages.filter(({ role }) => role === "system").length > 1
        ? "invalid chat setting"
        : undefined,
    ({ messages }) =>
      messages.some(({ role }, position) => role === "system" && position > 0)
        ? "chat content has invalid message role: system"
        : undefined,
    ({ temperature }) =>
      temperature !== undefined && (temperature <= 0 || temperature > 1)
        ? "temperature"
        : undefined,
    (body) => {
      const unknown = ["tool_choice", "max_tokens", "response_format", "parallel_tool_calls"];
      return unknown.find((field) => field in body);
    },
    (body) => body["reasoning_split"] === true ? undefined : "thinking would come as text",
    // Q23
    ({ messages }) =>
      messages.some(({ role, content }, position) =>
          role === "user" && messages[position - 1]?.role === "tool" && typeof content === "string"
        )
        ? "a user's turn after a result"
        : undefined,
    // M2.x reads text only
    (body) => JSON.stringify(body.messages).includes("image_url") ? "image" : undefined,
  ],
  replays: (message, turn) => {
    assert.deepEqual(message["reasoning_details"], details(turn.thinking ?? ""));
    assert.ok(!("reasoning_content" in message) && !String(message.content).includes("<think>"));
  },
  errors: [
    ...([
      [1004, "login fail", 401],
      [2049, "invalid api key", 401],
      [1002, "rate limit", 429],
      [1039, "token limit exceeded", 429],
      [1008, "insufficient balance", 402],
      [2056, "usage limit exceeded", 402],
      [1001, "request timeout", 504],
      [1026, "input new_sensitive", 400],
    ] as const).map(([status_code, status_msg, status]) => ({
      status: 200,
      body: { base_resp: { status_code, status_msg }, choices: null },
      expect: { status },
    })),
    {
      status: 400,
      body: {
        type: "error",
        error: {
          type: "bad_request_error",
          message: "invalid params, context window exceeds limit (2013)",
        },
      },
      expect: { status: 400, says: /^prompt is too long: \d+ tokens > 204800 maximum$/ },
    },
  ],
});

function reasoningOf({ thinking }: SpokenTurn) {
  return thinking === undefined
    ? {}
    : { reasoning_content: thinking, reasoning_details: details(thinking) };
}

function details(text: string) {
  return [{
    type: "reasoning.text",
    id: "reasoning-text-1",
    format: "MiniMax-response-v1",
    index: 0,
    text,
  }];
}

for (
  const url of [
    "https://api.minimax.chat/v1",
    "https://api.minimax.io/v1",
    "https://api.minimaxi.com/v1",
  ]
) {
  Deno.test(`minimax: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(
      assemble(config, { providers, plugins: [], version: "0.0.0" }).provider,
      "minimax",
    );
  });
}

for (
  const [model, effort, sent] of [
    ["MiniMax-M2.7", "none", { reasoning_split: true }],
    ["MiniMax-M3", "none", { reasoning_split: true, thinking: { type: "disabled" } }],
    ["MiniMax-M3", "high", { reasoning_split: true, thinking: { type: "adaptive" } }],
    ["abab6.5s-chat", "high", {}],
  ] as const
) {
  Deno.test(`minimax: ${model} asked for effort ${effort} (Q24, Q60)`, async () => {
    const asked = effort === "none" ? {} : thinking(effort);
    const { body } = await through(minimax, { model, ...asked });
    const { reasoning_split, thinking: type } = body;
    assert.deepEqual(JSON.parse(JSON.stringify({ reasoning_split, thinking: type })), sent);
  });
}

const delta = (fields: Readonly<Record<string, unknown>>) => ({
  choices: [{ index: 0, delta: fields }],
});
const STOP = { choices: [{ index: 0, delta: {}, finish_reason: "stop" }] };

for (
  const [title, chunks] of [
    ["tags in the text (Q27)", [
      delta({ content: "<think>Hm, let me" }),
      delta({ content: " see.</think>\n\nYes." }),
    ]],
    ["a closing tag only (Q27)", [
      delta({ content: "<think>\nHm, let me see." }),
      delta({ content: "</think>Yes." }),
    ]],
    ["details only (Q20)", [
      delta({ reasoning_details: [{ type: "reasoning.text", text: "Hm, let me" }] }),
      delta({ reasoning_details: [{ type: "reasoning.text", text: " see." }] }),
      delta({ content: "Yes." }),
    ]],
    ["the same in tags and in a field (Q12)", [
      delta({ reasoning_content: "Hm, let me", content: "<think>Hm, let me" }),
      delta({ reasoning_content: " see.", content: " see.</think>" }),
      delta({ content: "Yes." }),
    ]],
    ["the whole text so far in each delta (Q11)", [
      delta({ reasoning_content: "Hm, let" }),
      delta({ reasoning_content: "Hm, let me" }),
      delta({ reasoning_content: "Hm, let me see." }),
      delta({ content: "Y" }),
      delta({ content: "Yes" }),
      delta({ content: "Yes." }),
    ]],
  ] as const
) {
  Deno.test(`minimax: reads thinking from ${title}`, async () => {
    const script = [{ raw: frames(...chunks, STOP) }];
    const { answer } = await through(minimax, { model: "MiniMax-M3" }, { script });
    const [thought, text] = answer.content;
    assert.ok(thought?.type === "thinking" && text?.type === "text");
    assert.deepEqual([thought.thinking.trim(), text.text], ["Hm, let me see.", "Yes."]);
  });
}

Deno.test("minimax: a fault in the middle of a stream is one (Q5, Q60)", async () => {
  const fault = { base_resp: { status_code: 1002, status_msg: "rate limit" }, choices: null };
  const { status } = await through(minimax, {}, { script: [{ raw: frames(fault) }] });
  assert.equal(status, 429);
});

Deno.test("minimax: temperature is above 0 (Q26, Q60)", async () => {
  const { body } = await through(minimax, { temperature: 0 });
  assert.equal(body.temperature, 0.01);
});
