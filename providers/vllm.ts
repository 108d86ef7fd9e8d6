import {
  argumentsAsObjects,
  type Call,
  inSequence,
  nearestEffort,
  noteReasoningField,
  omit,
  type ProviderAdapter,
  reasoningWhereItCame,
  rescueCalls,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";

/**
 * vLLM and SGLang (Q74): thinking is `reasoning_content` or, since late 2025, `reasoning`, or stands in tags where no parser was
 * named at the start; so do calls (Q86). Tools need `--enable-auto-tool-choice --tool-call-parser NAME`.
 */
export const vllm: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:8000/v1",
  hosts: [":8000"],
  apiKeyEnv: "VLLM_API_KEY",
  request: (body, call) => ({
    ...argumentsAsObjects(systemFirst(reasoningWhereItCame(omit(body, "parallel_tool_calls")))),
    ...templateSwitch(call),
  }),
  stream: (call) => inSequence(noteReasoningField(), thinkTags(), rescueCalls(call)),
};

/** Families whose chat template has a switch for thinking, under one of two names (Q24). A template ignores the other. */
const SWITCHED = /qwen-?3|deepseek|granite|kimi|glm|nemotron|smollm3|hunyuan|ernie/i;

/** For servers of open models: gpt-oss has levels, others a switch in their template. */
export function templateSwitch({ model, effort }: Call): Readonly<Record<string, unknown>> {
  if (/gpt-oss/i.test(model)) {
    return { reasoning_effort: nearestEffort(effort, ["low", "medium", "high"]) };
  }
  if (!SWITCHED.test(model)) return {};
  const on = effort !== "none";
  return { chat_template_kwargs: { enable_thinking: on, thinking: on } };
}
