import {
  autoToolChoice,
  type Call,
  eachAssistant,
  type Failure,
  nearestEffort,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  rename,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";
import { gptOssEffort, isGptOss, openModelFacts } from "./open_models.ts";

/**
 * Cerebras (Q69): fewer knobs, another name for the token limit, text only. Thinking goes back to gpt-oss as `reasoning`,
 * to GLM in tags, and is refused as `reasoning_content` (Q21). Too long a prompt is refused without a word.
 */
export const cerebras: ProviderAdapter = {
  baseUrl: "https://api.cerebras.ai/v1",
  hosts: ["api.cerebras.ai"],
  apiKeyEnv: "CEREBRAS_API_KEY",
  facts: (model) => ({ vision: false, ...openModelFacts(model) }),
  request(body, call) {
    const plain = rename(omit(plainSchemas(systemFirst(body)), "parallel_tool_calls"), {
      max_tokens: "max_completion_tokens",
    });
    const turns = eachAssistant(plain, (message) => withThinking(message, call.model));
    return {
      ...(isGptOss(call.model) ? autoToolChoice(turns) : turns),
      ...effortOf(call),
    };
  },
  stream: () => thinkTags(),
  error: ({ status, body }): Partial<Failure> =>
    body === "" && (status === 400 || status === 413)
      ? { code: "context_length_exceeded", message: "The prompt is too long for the model" }
      : {},
};

function withThinking(message: OpenAI.AssistantMessage, model: string): OpenAI.AssistantMessage {
  const { reasoning_content: thinking, ...rest } = message;
  if (thinking === undefined) return message;
  if (isGptOss(model)) return { ...rest, reasoning: thinking };
  if (!model.includes("glm")) return rest;
  return { ...rest, content: `<think>${thinking}</think>${rest.content ?? ""}` };
}

/** gpt-oss cannot be told not to think; GLM knows only that (Q24). */
function effortOf(call: Call): Readonly<Record<string, unknown>> {
  const { model, effort } = call;
  if (model.includes("glm")) {
    return { clear_thinking: false, ...(effort === "none" ? { reasoning_effort: "none" } : {}) };
  }
  if (!model.includes("qwen")) return gptOssEffort(call) ?? {};
  return {
    reasoning_effort: nearestEffort(effort, ["none", "low", "medium", "high"]),
    reasoning_format: "parsed",
  };
}
