/** Refusals as providers word them, and what each teaches (Q116). */
import assert from "node:assert/strict";
import { lessonOf } from "../../../core/learn/cures.ts";
import type { OpenAI } from "../../../core/mod.ts";

const BODY: OpenAI.Request = {
  model: "model-1",
  messages: [{ role: "system", content: "Be kind" }, { role: "user", content: "Hello" }],
  max_tokens: 32_000,
  stream: true,
  stream_options: { include_usage: true },
  temperature: 1,
  stop: ["END"],
  tools: [{ type: "function", function: { name: "Bash", parameters: { type: "object" } } }],
  tool_choice: "required",
  reasoning_effort: "max",
};

const IMAGE: OpenAI.Message = {
  role: "user",
  content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }],
};

const THOUGHT: OpenAI.Message = { role: "assistant", content: "Yes.", reasoning_content: "Hm." };

interface Row {
  readonly said: string;
  /** Differs from the usual body. */
  readonly body?: Partial<OpenAI.Request>;
  readonly says: string | undefined;
  readonly param?: string;
}

const ROWS: readonly Row[] = [
  // Output caps (Q107).
  ...[
    "max_tokens is too large: 32000. This model supports at most 8192 completion tokens.",
    "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
    "<400> InternalError.Algo.InvalidParameter: Range of max_tokens should be [1, 8192]",
    "The maximum value for `max_tokens` is 8192",
    "`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens`",
    "max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens",
    "max_tokens (32000) cannot exceed 8192",
  ].map((said) => ({ said, says: "asks for 8192 tokens at most" })),
  { said: "This model supports at most 64000 completion tokens", says: undefined },
  // Prompt and answer together (A21).
  ...[
    "This model's maximum context length is 32768 tokens. However, you requested 52000 tokens (20000 in the messages, 32000 in the completion).",
    "This endpoint's maximum context length is 32768 tokens. However, you requested about 52000 tokens (20000 of text input, 32000 in the output).",
    "'max_tokens' is too large: 32000. This model's maximum context length is 32768 tokens and your request has 20000 input tokens (32000 > 32768 - 20000).",
    "Requested token count exceeds the model's maximum context length of 32768 tokens. You requested a total of 52000 tokens: 20000 tokens from the input messages and 32000 tokens for the completion.",
    "input length and `max_tokens` exceed context limit: 20000 + 32000 > 32768, decrease input length or `max_tokens` and try again",
    "You passed 20000 input tokens and requested 32000 output tokens. However, the model's context length is only 32768 tokens.",
  ].map((said) => ({ said, says: "fits answers into a window of 32768 tokens" })),
  {
    said:
      "This model's maximum context length is 32768 tokens. However, you requested 64500 tokens (32500 in the messages, 32000 in the completion).",
    says: undefined,
  },
  // The limit's two names (Q40).
  {
    said:
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    param: "max_tokens",
    says: "calls max_tokens max_completion_tokens",
  },
  {
    said: "body.max_completion_tokens: Extra inputs are not permitted",
    body: { max_completion_tokens: 1000 },
    says: "calls max_completion_tokens max_tokens",
  },
  // Fields that can be spared.
  {
    said:
      "Unsupported value: 'temperature' does not support 0.7 with this model. Only the default (1) value is supported.",
    says: "does not send temperature",
  },
  {
    said: "Unrecognized request argument supplied: stream_options",
    says: "does not send stream_options",
  },
  { said: "Unsupported parameter", param: "stop", says: "does not send stop" },
  { said: "body.stop: Extra inputs are not permitted", says: "does not send stop" },
  { said: "Unknown: we had to stop here", says: undefined },
  { said: "Unknown parameter: 'model'", says: undefined },
  // How hard to think (Q24, Q41).
  {
    said:
      "Function tools with reasoning_effort are not supported for gpt-5.6 in /v1/chat/completions. To use function tools, use /v1/responses or set reasoning_effort to 'none'.",
    says: "asks for no thinking beside tools",
  },
  {
    said:
      "Unsupported value: 'reasoning_effort' does not support 'max' with this model. Supported values are: 'low', 'medium', and 'high'.",
    says: "knows only the efforts low, medium, high",
  },
  {
    said: `invalid reasoning value: 'max' (must be "high", "medium", "low", or "none")`,
    says: "knows only the efforts high, medium, low, none",
  },
  {
    said: "Reasoning is mandatory for this endpoint and cannot be disabled.",
    body: { reasoning: { enabled: false } },
    says: "does not turn thinking off",
  },
  {
    said: "Reasoning is mandatory for this endpoint and cannot be disabled.",
    body: { reasoning: { effort: "high" } },
    says: undefined,
  },
  { said: '"llama3" does not support thinking', says: "does not say how hard to think" },
  { said: "property 'reasoning_effort' is unsupported", says: "does not send reasoning_effort" },
  // Thinking of earlier turns (Q21, Q22).
  ...[
    "'messages.4' : for 'role:assistant' the following must be satisfied[('messages.4' : property 'reasoning_content' is unsupported)]",
    "body.messages.2.assistant.reasoning_content: Extra inputs are not permitted",
    "Unrecognized request argument supplied: messages[1].reasoning_content",
  ].map((said) => ({
    said,
    body: { messages: [THOUGHT] },
    says: "does not send thinking back",
  })),
  ...[
    "The reasoning_content in the thinking mode must be passed back to the API.",
    "thinking is enabled but reasoning_content is missing in assistant tool call message at index 7",
    "Missing reasoning_content field in the assistant message at message index 2",
  ].map((said) => ({
    said,
    body: { messages: [{ role: "assistant" as const, content: "Yes." }] },
    says: "gives every turn of the model a reasoning_content",
  })),
  // Summaries and seals of thinking (Q41).
  ...[{ summary: "auto" }, undefined].map((reasoning) => ({
    said: "Your organization must be verified to generate reasoning summaries.",
    param: "reasoning.summary",
    body: { reasoning },
    says: reasoning && "does not ask for summaries of thinking",
  })),
  ...[[{ item: {} }], undefined].map((carry) => ({
    said: "The encrypted content for item rs_1 could not be verified.",
    body: { messages: [{ ...THOUGHT, ...(carry ? { carry } : {}) }] as OpenAI.Message[] },
    says: carry && "does not give back sealed thinking that was refused",
  })),
  // Tools (Q89, Q42).
  {
    said: "deepseek-reasoner does not support this tool_choice",
    says: "leaves the choice of a tool to the model",
  },
  {
    said: `"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set`,
    body: { tool_choice: "auto" },
    says: undefined,
  },
  {
    said: "Invalid schema for function 'Bash': schema must not have 'anyOf' at the top level",
    body: {
      tools: [{
        type: "function",
        function: { name: "Bash", parameters: { type: "object", anyOf: [] } },
      }],
    },
    says: "sends plain schemas of tools",
  },
  {
    said: "failed to parse grammar",
    body: {
      tools: [{
        type: "function",
        function: {
          name: "Bash",
          parameters: { properties: { a: { type: "string", pattern: "^a" } } },
        },
      }],
    },
    says: "sends plain schemas of tools",
  },
  // Answers in JSON (A28).
  {
    said: "This response_format type is unavailable now: json_schema is not supported",
    body: {
      response_format: { type: "json_schema", json_schema: { name: "answer", schema: {} } },
    },
    says: "says schemas of answers in words",
  },
  // Roles (A30, Q103, Q104).
  {
    said: "System message must be at the beginning.",
    body: {
      messages: [{ role: "user", content: "Hello" }, { role: "system", content: "Note" }],
    },
    says: "sends later system messages as the user's",
  },
  { said: "System messages are not allowed", says: "sends system messages as the user's" },
  {
    said: "Only user and assistant roles are supported!",
    says: "sends system messages as the user's",
  },
  {
    said: "Conversation roles must alternate user/assistant/user/assistant/...",
    body: { messages: [{ role: "user", content: "a" }, { role: "user", content: "b" }] },
    says: "joins neighbouring user messages",
  },
  // Images (Q105).
  ...[
    "This model does not support image input",
    "Failed to deserialize: messages[0]: unknown variant `image_url`, expected `text`",
    "messages[0].content should be a string",
  ].map((said) => ({
    said,
    body: { messages: [IMAGE] },
    says: "sends this model no images",
  })),
  { said: "This model does not support image input", says: undefined },
  // No lesson.
  { said: "Provider returned error", says: undefined },
  { said: "This model does not support tools", says: undefined },
  { said: "Invalid value for 'content': the image could not be processed", says: undefined },
];

/** What is about this conversation only, and not about the model. */
const ONCE = /^(?:fits answers into a window|does not give back sealed)/;

for (const { said, body, says, param } of ROWS) {
  Deno.test(`lessonOf() of "${said.slice(0, 90)}" is: ${says ?? "none"} (Q116)`, () => {
    const sent = { ...BODY, ...body };
    const lesson = lessonOf(failure(400, said, param), sent);
    assert.equal(lesson?.says, says);
    assert.equal(lesson?.once === true, ONCE.test(says ?? ""));
    if (lesson?.change === undefined) return;
    const cured = lesson.change(sent);
    assert.notDeepEqual(cured, sent);
    assert.notEqual(
      lessonOf(failure(400, said, param), cured)?.says,
      says,
      "it is not taught twice",
    );
  });
}

for (const status of [401, 402, 403, 404, 408, 413, 429, 502, 503, 529]) {
  Deno.test(`lessonOf() learns nothing from HTTP ${status}`, () => {
    const said = "Unrecognized request argument supplied: stream_options";
    assert.equal(lessonOf(failure(status, said), BODY), undefined);
  });
}

function failure(status: number, message: string, param?: string) {
  return { status, message, code: "", body: { error: { param } }, headers: new Headers() };
}
