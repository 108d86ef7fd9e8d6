import {
  argumentsAsObjects,
  inSequence,
  nearestEffort,
  noteReasoningField,
  omit,
  type ProviderAdapter,
  reasoningWhereItCame,
  rescueCalls,
  systemFirst,
  thinkTags,
  toolChoiceAsWord,
} from "../core/mod.ts";

/**
 * LM Studio (Q74): a tool cannot be named (Q89), thinking is `reasoning` or stands in tags, calls may leak as text (Q86).
 * Load the model with a window of 32k or more: Claude Code's first message alone takes half of that.
 */
export const lmstudio: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:1234/v1",
  hosts: [":1234"],
  apiKeyEnv: "LMSTUDIO_API_KEY",
  request: (body, { model, effort }) => {
    const spared = omit(body, "parallel_tool_calls");
    return {
      ...toolChoiceAsWord(argumentsAsObjects(systemFirst(reasoningWhereItCame(spared)))),
      ...(/gpt-oss/i.test(model)
        ? { reasoning_effort: nearestEffort(effort, ["low", "medium", "high"]) }
        : {}),
    };
  },
  stream: (call) => inSequence(noteReasoningField(), thinkTags(), rescueCalls(call)),
};
