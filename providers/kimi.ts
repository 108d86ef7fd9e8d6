import {
  autoToolChoice,
  backfillReasoning,
  type Call,
  completionsUrl,
  eachAnswerSchema,
  eachAssistant,
  eachChunk,
  eachParameters,
  type Facts,
  type Failure,
  inlineImagesOnly,
  inSequence,
  mergeIntoResults,
  nameResults,
  nearestEffort,
  omit,
  type OpenAI,
  type ProviderAdapter,
  rename,
  rescueCalls,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";
import { moonshotSchema } from "./kimi_schema.ts";
import { withCacheKey } from "./openai.ts";

/**
 * Kimi (Q61): a turn with calls must come back with its thinking (Q21, Q22), tools cannot be demanded (Q89), schemas have
 * rules of their own, sampling is fixed (Q26), usage stands in the choice (Q110), markup of calls leaks into the text
 * (Q86). Ids such as `functions.Bash:0` come back as they were by themselves (Q84).
 */
export const kimi: ProviderAdapter = {
  baseUrl: "https://api.moonshot.ai/v1",
  hosts: ["api.moonshot.ai", "api.moonshot.cn", "api.kimi.com"],
  apiKeyEnv: "MOONSHOT_API_KEY",
  facts,
  url: ({ baseUrl }) => completionsUrl(baseUrl.replace(/\/coding$/, "/coding/v1")),
  request: (body, call) => {
    const spared = inlineImagesOnly(omit(body, "parallel_tool_calls"));
    const turns = mergeIntoResults(systemFirst(autoToolChoice(spared)));
    const legal = eachAnswerSchema(eachParameters(turns, moonshotSchema), moonshotSchema);
    return withCacheKey(withThinking(legal, call), call);
  },
  search: (body, call) => ({
    ...nameResults(eachAssistant(body, calledByName)),
    ...(SWITCHES.test(call.model) ? { thinking: { type: "disabled" } } : {}),
    tools: [WEB_SEARCH as unknown as OpenAI.Tool],
  }),
  stream: (call) => inSequence(eachChunk(usageOfChoice)(), thinkTags(), rescueCalls(call)),
  error: readError,
};

/** Its arguments are given back as its result, and the search is done there. It does not go with thinking. */
const WEB_SEARCH = { type: "builtin_function", function: { name: "$web_search" } };

/** The conversion makes names legal for functions of the client; in a search there is only this one. */
function calledByName(message: OpenAI.AssistantMessage): OpenAI.AssistantMessage {
  if (message.tool_calls === undefined) return message;
  const tool_calls = message.tool_calls.map((call) => ({
    ...call,
    function: { ...call.function, name: WEB_SEARCH.function.name },
  }));
  return { ...message, tool_calls };
}

/** Thinking has levels and no switch, a switch, or neither (Q24). */
const LEVELS = /kimi-k(?:[3-9]|\d\d)/;
const SWITCHES = /kimi-k2\.[56]/;
const ALWAYS = /kimi-k2\.7|kimi-k2-thinking|kimi-thinking/;
const CODING_PLAN = /kimi-for-coding/;
/** Keeps what was thought in earlier turns. */
const KEEPS = /kimi-k2\.[67]/;

function withThinking(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  if (!/^kimi-/.test(model)) return body;
  const renamed = rename(omit(body, "temperature", "top_p"), {
    max_tokens: "max_completion_tokens",
  });
  const off = effort === "none";
  if (off && (SWITCHES.test(model) || CODING_PLAN.test(model))) {
    return { ...renamed, thinking: { type: "disabled" } };
  }
  const keep = KEEPS.test(model) ? { keep: "all" } : {};
  const level = nearestEffort(effort, ["low", "high", "max"]);
  const replayed = backfillReasoning(renamed, " ");
  if (LEVELS.test(model)) return { ...replayed, reasoning_effort: level };
  if (CODING_PLAN.test(model)) return { ...replayed, thinking: { type: "enabled", effort: level } };
  if (SWITCHES.test(model) || KEEPS.test(model)) {
    return { ...replayed, thinking: { type: "enabled", ...keep } };
  }
  return ALWAYS.test(model) ? replayed : renamed;
}

function usageOfChoice(chunk: OpenAI.Chunk): OpenAI.Chunk {
  const usage = chunk.choices[0]?.["usage"] as OpenAI.Usage | undefined;
  return usage && !chunk.usage ? { ...chunk, usage } : chunk;
}

function readError({ code, message }: Failure): Partial<Failure> {
  if (code === "engine_overloaded_error") return { status: 529 };
  if (code === "exceeded_current_quota_error") return { status: 402 };
  if (code === "access_terminated_error") {
    const help =
      "Point Claude Code at it directly: ANTHROPIC_BASE_URL=https://api.kimi.com/coding/";
    return { status: 400, message: `${message} ${help}` };
  }
  return /incorrect api key|invalid authentication/i.test(message) ? { status: 401 } : {};
}

/** From Moonshot's model list (Q107): `moonshot-v1-128k` says it itself. */
function facts(model: string): Facts {
  const thousands = /moonshot-v1-(\d+)k/.exec(model)?.[1];
  if (thousands !== undefined) {
    return { context: Number(thousands) * 1024, vision: model.includes("vision") };
  }
  if (LEVELS.test(model)) return { context: 1_048_576, reasoning: "always" };
  if (!/^kimi-/.test(model)) return {};
  const vision = !/kimi-k2-/.test(model);
  return { context: 262_144, vision, ...(ALWAYS.test(model) ? { reasoning: "always" } : {}) };
}
