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
  toolChoiceAsWord,
} from "../core/mod.ts";
import { gptOssEffort, openModelFacts } from "./open_models.ts";

/**
 * LM Studio (Q74): a tool cannot be named (Q89), thinking is `reasoning` or stands in tags, calls may leak as text (Q86).
 * Load the model with a window of 32k or more: Claude Code's first message alone takes half of that.
 */
export const lmstudio: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:1234/v1",
  hosts: [":1234"],
  apiKeyEnv: "LMSTUDIO_API_KEY",
  facts: openModelFacts,
  request: (body, call) => {
    const spared = omit(body, "parallel_tool_calls");
    return {
      ...toolChoiceAsWord(argumentsAsObjects(systemFirst(reasoningWhereItCame(spared)))),
      ...gptOssEffort(call),
    };
  },
  stream: (call) => inSequence(noteReasoningField(), thinkTags(), rescueCalls(call)),
};
