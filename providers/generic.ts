import {
  inSequence,
  noteReasoningField,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  reasoningWhereItCame,
  rescueCalls,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";
import { openaiFacts, withEffort } from "./openai.ts";

/**
 * Any server that speaks chat completions. Nothing is sent that some server refuses and that can be spared: one system
 * message (Q104), no effort but to models of OpenAI's names, thinking only in the field
 * it came in (Q21). Calls that leak as text are found (Q86).
 * The rest is learned (Q116).
 */
export const generic: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:8000/v1",
  facts: openaiFacts,
  request: (body, call) => withEffort(plainSchemas(systemFirst(reasoningWhereItCame(body))), call),
  stream: (call) => inSequence(eachChoice(), noteReasoningField(), thinkTags(), rescueCalls(call)),
};

/** Copilot answers with the text in one choice and the calls in the next; we never ask for two answers (Q13). */
function eachChoice(): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return {
    transform(chunk, controller) {
      if (chunk.choices.length < 2) return controller.enqueue(chunk);
      for (const choice of chunk.choices) controller.enqueue({ ...chunk, choices: [choice] });
    },
  };
}
