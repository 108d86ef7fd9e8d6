import {
  autoToolChoice,
  backfillReasoning,
  type Call,
  endsWithUser,
  type Facts,
  inlineImagesOnly,
  inSequence,
  jsonInWords,
  mergeIntoResults,
  mergeUsers,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  rescueCalls,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";

/**
 * DeepSeek (Q63): while it thinks, each turn must come back with its thinking, even an empty one (Q21, Q22), text beside
 * tool results ends the thinking (Q23), and tools cannot be demanded (Q89). Markup of calls leaks into the text (Q86).
 */
export const deepseek: ProviderAdapter = {
  baseUrl: "https://api.deepseek.com",
  hosts: ["api.deepseek.com"],
  apiKeyEnv: "DEEPSEEK_API_KEY",
  facts,
  request: (body, call) => {
    const spared = inlineImagesOnly(plainSchemas(omit(body, "parallel_tool_calls")));
    const turns = mergeIntoResults(systemFirst(endsWithUser(jsonInWords(spared))));
    const ordered = REASONER.test(call.model) ? mergeUsers(turns) : turns;
    return thinks(call) ? withThinking(ordered, call) : withoutThinking(ordered, call);
  },
  stream: (call) => inSequence(thinkTags(), rescueCalls(call)),
};

/** Thinks always, and has no switch. */
const REASONER = /deepseek-(?:reasoner|r1)/;
/** Never thinks; all others think unless they are told not to. */
const CHAT = /deepseek-(?:chat|v3$|v3-)/;

function thinks({ model, effort }: Call): boolean {
  return REASONER.test(model) || (!CHAT.test(model) && effort !== "none");
}

function withThinking(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  const free = omit(
    backfillReasoning(autoToolChoice(body), "", { everywhere: true }),
    "temperature",
  );
  if (REASONER.test(model)) return free;
  return { ...free, thinking: { type: "enabled" }, reasoning_effort: effort };
}

function withoutThinking(body: OpenAI.Request, { model }: Call): OpenAI.Request {
  return CHAT.test(model) ? body : { ...body, thinking: { type: "disabled" } };
}

/** From DeepSeek's price list and its refusals (Q107): only the multimodal models see. */
function facts(model: string): Facts {
  if (REASONER.test(model)) {
    return { context: 131_072, output: 65_536, vision: false, reasoning: "always" };
  }
  if (CHAT.test(model)) return { context: 131_072, output: 8_192, vision: false };
  if (!/deepseek-/.test(model)) return {};
  const vision = /deepseek-flash|v4\.[1-9]|v[5-9]/.test(model);
  return { context: 1_048_576, output: 262_144, vision };
}
