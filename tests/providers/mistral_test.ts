import assert from "node:assert/strict";
import { assemble } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import type { OpenAI } from "../../core/mod.ts";
import { providers } from "../../providers/mod.ts";
import { mistral } from "../../providers/mistral.ts";
import { plainMessage, type SpokenTurn, testAdapter } from "../conformance.ts";
import { afterCall, BASH, thinking, through } from "../support/through.ts";
import { pieces, wholeCall } from "../support/dialect.ts";

let counter = 0;

/** Thinking in parts, whole calls in one chunk and all with index 0 (Q15, Q67). */
testAdapter("mistral", mistral, {
  model: "mistral-medium-3-5",
  knows: { parts: ["thinking"], choices: ["any"] },
  callId: () => `D${String(counter++).padStart(8, "x")}`,
  deltas: (turn) => [
    { role: "assistant", content: "" },
    ...pieces(turn.thinking).map((text) => ({ content: [thinkingPart(text)] })),
    ...pieces(turn.text).map((content) => ({ content })),
    ...(turn.calls.length === 0
      ? []
      : [{ tool_calls: turn.calls.map((call) => ({ ...wholeCall(call), index: 0 })) }]),
  ],
  message: (turn) => ({ ...plainMessage(turn, "gone"), content: partsOf(turn) }),
  refusal: (message) => ({
    status: 422,
    body: { object: "error", message: { detail: [{ loc: ["body"], msg: message }] } },
  }),
  refuses: [
    // Q67
    (body) => {
      const wrong = idsOf(body).find((id) => !/^[a-zA-Z0-9]{9}$/.test(id));
      return wrong &&
        `Tool call id was ${wrong} but must be a-z, A-Z, 0-9, with a length of 9.`;
    },
    ({ messages }) =>
      messages.some(({ role }, position) =>
          role === "user" && messages[position - 1]?.role === "tool"
        )
        ? "Unexpected role 'user' after role 'tool'"
        : undefined,
    ({ messages }) =>
      messages.at(-1)?.role === "assistant" ? "Expected last role User or Tool" : undefined,
    ({ messages }) =>
      messages.some((message) =>
          message.role === "assistant" && !message.content && !message.tool_calls
        )
        ? "Assistant message must have either content or tool_calls"
        : undefined,
    (body) => {
      const extra = [
        ...Object.keys(body).filter((field) => !BODY.has(field)),
        ...body.messages.flatMap((message) => Object.keys(message))
          .filter((field) => !MESSAGE.has(field)),
        ...JSON.stringify(body.messages).match(/:null\b|"carry"|"index"/g) ?? [],
      ];
      return extra[0] && `Extra inputs are not permitted: ${extra[0]}`;
    },
    (body) =>
      body.temperature === 0 && body.top_p !== undefined && body.top_p !== 1
        ? "top_p must be 1 when using greedy sampling."
        : undefined,
    (body) =>
      ["none", "high"].includes(body.reasoning_effort ?? "none") ? undefined : "reasoning_effort",
    // Q89
    (body) =>
      body.tool_choice === "required" || body.tool_choice === "none" && body.tools
        ? "tool_choice"
        : undefined,
  ],
  replays: (message, turn) => {
    const parts = message.content as unknown as readonly unknown[];
    assert.deepEqual(parts[0], { ...thinkingPart(turn.thinking ?? ""), closed: true });
  },
  errors: [
    {
      status: 400,
      body: {
        object: "error",
        message:
          "Prompt contains 300000 tokens and 0 draft tokens, too large for model with 262144 maximum context length",
        type: "invalid_request_invalid_args",
        code: "3051",
      },
      expect: { status: 400, says: /^prompt is too long: 300000 tokens > 262144 maximum$/ },
    },
    {
      status: 422,
      body: { detail: [{ type: "extra_forbidden", loc: ["body", "seed"], msg: "Extra inputs" }] },
      expect: { status: 424, says: /body\.seed: Extra inputs/ },
    },
    {
      status: 401,
      body: { detail: "Unauthorized" },
      expect: { status: 401 },
    },
  ],
});

const BODY = new Set([
  "model",
  "messages",
  "stream",
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "reasoning_effort",
  "response_format",
]);
const MESSAGE = new Set(["role", "content", "tool_calls", "tool_call_id", "name"]);

function idsOf({ messages }: OpenAI.Request): string[] {
  return messages.flatMap((message) =>
    message.role === "assistant"
      ? (message.tool_calls ?? []).map(({ id }) => id)
      : message.role === "tool"
      ? [message.tool_call_id]
      : []
  );
}

function thinkingPart(text: string) {
  return { type: "thinking", thinking: [{ type: "text", text }] };
}

function partsOf({ thinking, text }: SpokenTurn) {
  if (thinking === undefined) return text ?? "";
  return [
    thinkingPart(thinking),
    ...(text === undefined ? [] : [{ type: "text", text }]),
  ];
}

for (const url of ["https://api.mistral.ai/v1"]) {
  Deno.test(`mistral: ${url} selects it`, () => {
    const config = parseConfig({ OPENAI_BASE_URL: url, OPENAI_API_KEY: "key" });
    assert.equal(
      assemble(config, { providers, plugins: [], version: "0.0.0" }).provider,
      "mistral",
    );
  });
}

for (
  const [model, effort, sent] of [
    ["mistral-medium-3-5", "none", "none"],
    ["mistral-medium-latest", "low", "high"],
    ["mistral-small-2603", "max", "high"],
    ["mistral-large-4-0", "low", "low"],
    ["mistral-large-latest", "max", "high"],
    ["mistral-large-latest", "none", undefined],
    ["mistral-medium-2508", "high", undefined],
    ["magistral-medium-latest", "high", undefined],
    ["devstral-latest", "high", undefined],
  ] as const
) {
  Deno.test(`mistral: ${model} asked for effort ${effort} is told ${sent} (Q24)`, async () => {
    const asked = effort === "none" ? {} : thinking(effort);
    assert.equal((await through(mistral, { model, ...asked })).body.reasoning_effort, sent);
  });
}

Deno.test("mistral: a model that does not think is not shown thinking (Q21, Q67)", async () => {
  const model = "mistral-medium-3-5";
  const script = [{ reasoning: "Hm.", text: "Yes." }];
  const { answer } = await through(mistral, { model }, { script });
  const messages = [
    { role: "user", content: "One." },
    { role: "assistant", content: answer.content },
    { role: "user", content: "Two." },
  ];
  const shown = await through(mistral, { model, messages });
  assert.ok(JSON.stringify(shown.body.messages).includes("Hm."));
  const hidden = await through(mistral, { model: "devstral-latest", messages });
  assert.equal(hidden.body.messages[1]?.content, "Yes.");
});

Deno.test("mistral: ids of other providers do not collide (Q67, Q84)", async () => {
  const ids = ["toolu_01A09q90qw90lq917835lq9", "toolu_01A09q90qw90lq917835lqZ"];
  const blocks = ids.map((id) => ({ type: "tool_use", id, name: "Bash", input: {} }));
  const messages = [
    ...afterCall(blocks).slice(0, 2),
    { role: "user", content: ids.map((id) => ({ type: "tool_result", tool_use_id: id })) },
  ];
  const { body } = await through(mistral, { tools: [BASH], messages });
  const sent = idsOf(body);
  assert.equal(new Set(sent).size, 2);
  assert.deepEqual(sent.slice(0, 2), sent.slice(2));
});

Deno.test("mistral: a reference in an answer says nothing (Q15, Q67)", async () => {
  const content = [
    { type: "text", text: "See" },
    { type: "reference", reference_ids: [1] },
    { type: "text", text: " there." },
  ];
  const chunk = { choices: [{ delta: { content }, finish_reason: "stop" }] };
  const raw = [`data: ${JSON.stringify(chunk)}\n\n`, "data: [DONE]\n\n"];
  const { answer } = await through(mistral, {}, { script: [{ raw }] });
  assert.deepEqual(answer.content, [{ type: "text", text: "See there." }]);
});

for (
  const [finish, reason] of [["model_length", "max_tokens"], ["length", "max_tokens"]] as const
) {
  Deno.test(`mistral: ${finish} becomes ${reason} (Q67, Q111)`, async () => {
    const { answer } = await through(mistral, {}, { script: [{ text: "Half", finish }] });
    assert.equal(answer.stop_reason, reason);
  });
}
