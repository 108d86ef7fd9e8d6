import assert from "node:assert/strict";
import { minimax } from "../../providers/minimax.ts";
import { plainDeltas, plainMessage, type SpokenTurn, testAdapter } from "../conformance.ts";

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
