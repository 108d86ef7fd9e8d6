import assert from "node:assert/strict";
import { fieldsOf } from "../../core/mod.ts";
import { gemini } from "../../providers/gemini.ts";
import { type SpokenTurn, testAdapter } from "../conformance.ts";
import { everySchema, schemasOf } from "../support/schemas.ts";

/** Thoughts are flagged, calls come whole and without an index, the first one signed, and the end is "stop". */
testAdapter("gemini", gemini, {
  model: "gemini-3.8-flash",
  knows: { body: ["extra_body"], call: ["extra_content"] },
  deltas: (turn) => [
    ...(turn.thinking === undefined ? [] : [
      { role: "assistant", content: `<thought>${turn.thinking.slice(0, 5)}`, ...THOUGHT },
      { role: "assistant", content: turn.thinking.slice(5), ...THOUGHT },
    ]),
    ...(turn.text === undefined ? [] : [{
      role: "assistant",
      content: `${turn.thinking === undefined ? "" : "</thought>"}${turn.text}`,
    }]),
    ...(turn.calls.length === 0 ? [] : [{ role: "assistant", tool_calls: callsOf(turn) }]),
  ],
  message: (turn) => ({
    role: "assistant",
    content: `${turn.thinking === undefined ? "" : `<thought>${turn.thinking}</thought>`}${
      turn.text ?? ""
    }`,
    ...(turn.calls.length === 0 ? {} : { tool_calls: callsOf(turn) }),
  }),
  finish: (turn) =>
    turn.finish === "content_filter"
      ? "content_filter: PROHIBITED_CONTENT"
      : turn.finish === "tool_calls"
      ? "stop"
      : turn.finish,
  usage: {
    prompt_tokens: 100,
    completion_tokens: 12,
    total_tokens: 120,
    prompt_tokens_details: { cached_tokens: 60 },
  },
  refusal: (message) => ({
    status: 400,
    body: [{ error: { code: 400, message, status: "INVALID_ARGUMENT" } }],
  }),
  refuses: [
    // Q50
    (body) =>
      body.messages.some((message) =>
          message.role === "assistant" && message.tool_calls !== undefined &&
          signatureOf(message.tool_calls[0]) === undefined
        )
        ? "Function call is missing a thought_signature in functionCall parts."
        : undefined,
    // Q52, Q55
    (body) => {
      const unknown = Object.keys(body).find((field) => !KNOWN.has(field));
      return unknown && `Unknown name "${unknown}": Cannot find field.`;
    },
    (body) => {
      const config = fieldsOf(fieldsOf(fieldsOf(body["extra_body"])["google"])["thinking_config"]);
      return ["low", "medium", "high"].includes(String(config["thinking_level"]))
        ? undefined
        : "Thinking level is not supported for this model.";
    },
    // Q53
    (body) =>
      body.tools?.some((tool) => !/^[a-zA-Z_][\w.:-]{0,63}$/.test(tool.function.name))
        ? "tools[0].function_declarations[0].name: Invalid function name"
        : undefined,
    // Q54
    (body) => schemasOf(body).flatMap(everySchema).map(wrongIn).find(Boolean),
    // Q55
    (body) =>
      body.messages.some(({ role }, position) => role === "system" && position > 0)
        ? "System messages must come first"
        : undefined,
  ],
  replays: (message, turn) =>
    assert.deepEqual(
      message.tool_calls?.map(signatureOf),
      turn.calls.map((call, position) => position === 0 ? `SIG+/${call.id}==` : undefined),
    ),
  errors: [
    {
      status: 429,
      body: [{
        error: {
          code: 429,
          message: "Resource exhausted",
          status: "RESOURCE_EXHAUSTED",
          details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "37s" }],
        },
      }],
      expect: { status: 429, type: "rate_limit_error", says: /Resource exhausted/ },
    },
    {
      status: 400,
      body: [{ error: { code: 400, message: "API key not valid. Please pass a valid API key." } }],
      expect: { status: 401, type: "authentication_error" },
    },
    {
      status: 400,
      body: [{
        error: {
          message:
            "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
        },
      }],
      expect: { status: 400, says: /^prompt is too long: 1196265 tokens > 1048575 maximum$/ },
    },
  ],
});

const THOUGHT = { extra_content: { google: { thought: true } } };

const KNOWN = new Set([
  "model",
  "messages",
  "stream",
  "stream_options",
  "max_tokens",
  "temperature",
  "top_p",
  "stop",
  "tools",
  "tool_choice",
  "extra_body",
]);

function callsOf(turn: SpokenTurn) {
  return turn.calls.map(({ id, name, input }, position) => ({
    ...(position === 0 ? { extra_content: { google: { thought_signature: `SIG+/${id}==` } } } : {}),
    function: { arguments: JSON.stringify(input), name },
    id,
    type: "function",
  }));
}

function signatureOf(call: unknown): unknown {
  return fieldsOf(fieldsOf(fieldsOf(call)["extra_content"])["google"])["thought_signature"];
}

const WORDS = new Set(
  ("type format title description nullable enum items minItems maxItems properties required " +
    "minProperties maxProperties minLength maxLength pattern anyOf default minimum maximum").split(
      " ",
    ),
);

function wrongIn(schema: Readonly<Record<string, unknown>>): string | undefined {
  const word = Object.keys(schema).find((field) => !WORDS.has(field));
  if (word) return `function_declarations[0].parameters: Unknown name "${word}"`;
  const { type, enum: values, items, required, properties } = schema;
  if (type !== undefined && typeof type !== "string") return "Proto field is not repeating: type";
  if (Array.isArray(values) && values.some((value) => typeof value !== "string" || value === "")) {
    return "Invalid value at enum[0] (TYPE_STRING)";
  }
  if (type === "array" && items === undefined) return "items: missing field";
  const missing = ((required ?? []) as string[]).find((name) => !(name in fieldsOf(properties)));
  return missing && `required[0]: property is not defined: ${missing}`;
}
