import assert from "node:assert/strict";
import { overflowSentence } from "../../../core/convert/overflow.ts";

/** What we know ourselves, where the vendor gives no numbers. */
const KNOWN = { used: 150_000, limit: 131_072 };

/** Sentences of the vendors (Q113) and the numbers they mean: used, limit. */
const SENTENCES: readonly [string, string, number, number][] = [
  ["Anthropic", "prompt is too long: 213462 tokens > 200000 maximum", 213462, 200000],
  [
    "OpenAI",
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130532 tokens. Please reduce the length of the messages.",
    130532,
    128000,
  ],
  [
    "OpenAI, by its code",
    "context_length_exceeded Your input exceeds the context window of this model. Please adjust your input and try again.",
    150000,
    131072,
  ],
  [
    "vLLM, by the prompt alone",
    "This model's maximum context length is 32768 tokens. However, you requested 42000 tokens (40000 in the messages, 2000 in the completion). Please reduce the length of the messages or completion.",
    40000,
    32768,
  ],
  [
    "SGLang, by the prompt alone",
    "Requested token count exceeds the model's maximum context length of 131072 tokens. You requested a total of 262462 tokens: 230462 tokens from the input messages and 32000 tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.",
    230462,
    131072,
  ],
  [
    "Gemini",
    "The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).",
    1196265,
    1048575,
  ],
  [
    "xAI",
    "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
    537812,
    131072,
  ],
  [
    "llama.cpp",
    "exceed_context_size_error request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
    13392,
    8192,
  ],
  [
    "Copilot",
    "model_max_prompt_tokens_exceeded prompt token count of 139871 exceeds the limit of 128000",
    139871,
    128000,
  ],
  [
    "OpenAI, of a limit that is configured",
    "Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.",
    300000,
    272000,
  ],
  [
    "Kimi, without the prompt's part",
    "Invalid request: Your request exceeded model token limit: 131072",
    150000,
    131072,
  ],
  [
    "Kimi",
    "Invalid request: Your request exceeded model token limit: 262144 (requested: 291351)",
    291351,
    262144,
  ],
  [
    "Mistral",
    "Prompt contains 140123 tokens and 0 draft tokens, too large for model with 131072 maximum context length",
    140123,
    131072,
  ],
  ["Vercel", "Input too long: 210000 input tokens, limit is 200000", 210000, 200000],
  [
    "DashScope",
    "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 129024]",
    150000,
    129024,
  ],
  ["Bedrock", "Input is too long for requested model.", 150000, 131072],
  ["MiniMax", "invalid params, context window exceeds limit (2013)", 150000, 131072],
  [
    "Groq",
    "Please reduce the length of the messages or completion.",
    150000,
    131072,
  ],
  [
    "LM Studio",
    "The number of tokens to keep from the initial prompt is greater than the context length. Try to load the model with a larger context length",
    150000,
    131072,
  ],
  ["GLM", "model_context_window_exceeded", 150000, 131072],
  ["somebody", "400 token limit exceeded", 150000, 131072],
];

for (const [vendor, sentence, used, limit] of SENTENCES) {
  Deno.test(`overflowSentence() reads ${vendor}`, () => {
    assert.equal(
      overflowSentence(sentence, KNOWN),
      `prompt is too long: ${used} tokens > ${limit} maximum`,
    );
  });
}

/** The prompt fits, but not together with the answer that was asked for (A21). */
const ANSWER_TOO_LARGE: readonly [string, string, string][] = [
  [
    "vLLM",
    "This model's maximum context length is 32768 tokens. However, you requested 40000 tokens (20000 in the messages, 20000 in the completion). Please reduce the length of the messages or completion.",
    "20000 + 20000 > 32768",
  ],
  [
    "newer vLLM",
    "'max_tokens' or 'max_completion_tokens' is too large: 32000. This model's maximum context length is 40960 tokens and your request has 20000 input tokens (32000 > 40960 - 20000).",
    "20000 + 32000 > 40960",
  ],
  [
    "SGLang",
    "Requested token count exceeds the model's maximum context length of 262144 tokens. You requested a total of 262462 tokens: 230462 tokens from the input messages and 32000 tokens for the completion. Please reduce the number of tokens in the input messages or the completion to fit within the limit.",
    "230462 + 32000 > 262144",
  ],
  [
    "OpenRouter",
    'This endpoint\'s maximum context length is 131072 tokens. However, you requested about 140000 tokens (100000 of text input, 8000 of tool input, 32000 in the output). Please reduce the length of either one, or use the "middle-out" transform.',
    "108000 + 32000 > 131072",
  ],
];

for (const [vendor, sentence, sum] of ANSWER_TOO_LARGE) {
  Deno.test(`overflowSentence() tells the client to ask for less where only that is too much: ${vendor}`, () => {
    assert.equal(
      overflowSentence(sentence, KNOWN),
      `input length and \`max_tokens\` exceed context limit: ${sum}, decrease input length or \`max_tokens\` and try again`,
    );
  });
}

const OTHERS: readonly string[] = [
  "Rate limit reached for gpt-4o in organization org-1 on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000.",
  "Request too large for model `llama-3` on tokens per minute (TPM): Limit 6000, Requested 8000, please reduce your message size",
  "too many tokens per minute",
  "Invalid max_tokens value, the valid range of max_tokens is [1, 8192]",
  "image exceeds 5 MB maximum",
  "The model is overloaded",
  "",
];

for (const sentence of OTHERS) {
  Deno.test(`overflowSentence() takes this for no overflow: ${sentence.slice(0, 60)}`, () => {
    assert.equal(overflowSentence(sentence, KNOWN), undefined);
  });
}

Deno.test("overflowSentence() always says more used than the limit, so that the client drops enough", () => {
  const sentence = "Input is too long for requested model.";
  assert.equal(
    overflowSentence(sentence, { used: 100, limit: 131_072 }),
    "prompt is too long: 131073 tokens > 131072 maximum",
  );
});

Deno.test("overflowSentence() invents no limit that nobody knows", () => {
  const sentence = "Input is too long for requested model.";
  assert.equal(overflowSentence(sentence, { used: 100 }), "prompt is too long");
});
