import {
  byFamily,
  type Call,
  eachChunk,
  type Facts,
  type Failure,
  type Families,
  fieldsOf,
  inSequence,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  readJsonCalls,
  rename,
  rescueCalls,
  systemFirst,
  thinkTags,
  withoutReasoning,
} from "../core/mod.ts";
import { gptOssEffort } from "./open_models.ts";

/**
 * Groq (Q68): thinking is `reasoning` and never wanted back (Q21), usage stands in `x_groq`, and a call that does not fit
 * its schema is an error that holds the call.
 */
export const groq: ProviderAdapter = {
  baseUrl: "https://api.groq.com/openai/v1",
  hosts: ["api.groq.com"],
  apiKeyEnv: "GROQ_API_KEY",
  facts,
  request: (body, call) => ({
    ...rename(plainSchemas(systemFirst(withoutReasoning(body))), {
      max_tokens: "max_completion_tokens",
    }),
    ...thinkingOf(call),
  }),
  stream: (call) => inSequence(eachChunk(mendChunk)(), thinkTags(), rescueCalls(call)),
  error: readError,
};

/** gpt-oss has levels, Qwen a switch (Q24); the others do not think, or not as told. */
function thinkingOf(call: Call): Readonly<Record<string, unknown>> {
  const { model, effort } = call;
  if (!/qwen3/.test(model)) return gptOssEffort(call) ?? {};
  return { reasoning_effort: effort === "none" ? "none" : "default", reasoning_format: "parsed" };
}

function mendChunk(chunk: OpenAI.Chunk): OpenAI.Chunk {
  const { error, ...rest } = chunk;
  const usage = chunk.usage ?? fieldsOf(chunk["x_groq"])["usage"] as OpenAI.Usage | undefined;
  const answer = answerIn(error);
  const mended = answer === undefined ? chunk : { ...rest, ...answer };
  return usage === undefined ? mended : { ...mended, usage };
}

/** Of two errors that are no answers after all, one is the answer and the other no overflow. */
function readError({ status, message, body }: Failure): Partial<Failure> {
  const answer = answerIn(fieldsOf(body)["error"]);
  if (answer !== undefined) return { answer };
  return status === 413 && /tokens per minute|TPM/i.test(message) ? { status: 429 } : {};
}

/** The call that Groq found invalid: the client tells the model what is wrong with it. */
function answerIn(error: unknown): OpenAI.Chunk | undefined {
  const { code, failed_generation: text } = fieldsOf(error);
  if (code !== "tool_use_failed" || typeof text !== "string" || text === "") return undefined;
  const calls = readJsonCalls(text);
  const tool_calls = calls.map((call, index) => ({ index, type: "function", function: call }));
  return calls.length > 0
    ? { choices: [{ delta: { tool_calls }, finish_reason: "tool_calls" }] }
    : { choices: [{ delta: { content: text }, finish_reason: "stop" }] };
}

/** From Groq's model list (Q107). */
const FACTS: Families<Facts> = [
  [/gpt-oss/, { context: 131_072, output: 65_536, vision: false, reasoning: "always" }],
  [/llama-4/, { context: 131_072, output: 8_192 }],
  [/llama-3\.3/, { context: 131_072, output: 32_768, vision: false }],
  [/llama-3\.1/, { context: 131_072, output: 131_072, vision: false }],
  [/kimi-k2/, { context: 262_144, output: 16_384, vision: false }],
  [/qwen3/, { context: 131_072, output: 40_960, vision: false }],
  [/compound/, { context: 131_072, output: 8_192, vision: false }],
];

function facts(model: string): Facts {
  return byFamily(FACTS, model) ?? {};
}
