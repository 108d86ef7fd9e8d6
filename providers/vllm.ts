import {
  argumentsAsObjects,
  inSequence,
  noteReasoningField,
  omit,
  type ProviderAdapter,
  reasoningWhereItCame,
  rescueCalls,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";
import { gptOssEffort, openModelFacts, templateSwitch } from "./open_models.ts";

/**
 * vLLM and SGLang (Q74): thinking is `reasoning_content` or, since late 2025, `reasoning`, or stands in tags where no parser was
 * named at the start; so do calls (Q86). Tools need `--enable-auto-tool-choice --tool-call-parser NAME`.
 */
export const vllm: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:8000/v1",
  hosts: [":8000"],
  apiKeyEnv: "VLLM_API_KEY",
  facts: openModelFacts,
  request: (body, call) => ({
    ...argumentsAsObjects(systemFirst(reasoningWhereItCame(omit(body, "parallel_tool_calls")))),
    ...gptOssEffort(call) ?? templateSwitch(call),
  }),
  stream: (call) => inSequence(noteReasoningField(), thinkTags(), rescueCalls(call)),
};
