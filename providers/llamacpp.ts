import {
  argumentsAsObjects,
  eachAssistant,
  eachParameters,
  eachSubschema,
  inlineRefs,
  inSequence,
  omit,
  type OpenAI,
  type ProviderAdapter,
  rescueCalls,
  type Schema,
  systemFirst,
  thinkTags,
  toolChoiceAsWord,
} from "../core/mod.ts";
import { gptOssEffort, openModelFacts, templateSwitch } from "./open_models.ts";

/**
 * llama.cpp's server (Q74): a schema becomes a grammar, which knows no patterns, formats or references; a turn without text
 * is "" (Q102); a tool cannot be named (Q89). Tools need `--jinja`. Its window is what `-c` gave it.
 */
export const llamacpp: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:8080/v1",
  hosts: [":8080"],
  apiKeyEnv: "LLAMA_API_KEY",
  facts: openModelFacts,
  request(body, call) {
    const turns = eachAssistant(
      argumentsAsObjects(systemFirst(body)),
      (message): OpenAI.AssistantMessage => ({ ...message, content: message.content ?? "" }),
    );
    return {
      ...toolChoiceAsWord(eachParameters(turns, asGrammar)),
      ...gptOssEffort(call) ?? templateSwitch(call),
    };
  },
  stream: (call) => inSequence(thinkTags(), rescueCalls(call)),
};

const NOT_IN_A_GRAMMAR = ["pattern", "format", "minLength", "maxLength", "propertyNames"];

function asGrammar(parameters: Schema): Schema {
  return eachSubschema(
    inlineRefs(parameters),
    (schema) => omit(schema, ...NOT_IN_A_GRAMMAR),
  );
}
