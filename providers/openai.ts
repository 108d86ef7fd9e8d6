import {
  byFamily,
  type Call,
  completionsUrl,
  type EffortName,
  type Facts,
  type Families,
  nearestEffort,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  rename,
  withoutReasoning,
} from "../core/mod.ts";
import { toResponses, withSealedThinking } from "./responses_request.ts";
import { fromResponses, readCode } from "./responses_stream.ts";

/**
 * OpenAI: reasoning models take other names and fewer knobs. The system role is accepted anywhere (Q40). What is refused
 * in chat completions is asked for by the Responses API (Q41).
 */
export const openai: ProviderAdapter = {
  baseUrl: "https://api.openai.com/v1",
  hosts: ["api.openai.com", ".api.openai.com"],
  apiKeyEnv: "OPENAI_API_KEY",
  facts: (model) => ({ ...openaiFacts(model), files: true }),
  url(call) {
    const url = completionsUrl(call.baseUrl);
    return byResponses(call) ? url.replace("/chat/completions", "/responses") : url;
  },
  request(body, call) {
    const mended = withCacheKey(withinLimits(withEffort(body, call)), call);
    return byResponses(call) ? withSealedThinking(mended) : withoutReasoning(mended);
  },
  wire: (body, call) => byResponses(call) ? toResponses(body) : body,
  stream: (call) => byResponses(call) ? fromResponses() : undefined,
  error: readCode,
};

/** o1 and later, gpt-5 and later; gpt-5-chat does not reason (Q40). A gateway's prefix may stand before the name. */
const REASONING = /^(?:.+\/)?(?:o\d|gpt-(?:[5-9]|\d\d))(?!-chat)/;

/** From here on tools and reasoning do not go together in chat completions (Q41). */
const TOOLS_WITHOUT_EFFORT = /gpt-(?:5\.[4-9]|[6-9]|\d\d)/;

/** OpenAI itself, wherever it computes. Others that speak chat completions need not know the Responses API. */
const OWN_HOST = /^https:\/\/(?:\w+\.)?api\.openai\.com(?=[/:?#]|$)/;

/** Whether the call goes to the Responses API: thinking is asked of a model that does not think beside tools elsewhere. */
function byResponses({ model, effort, baseUrl }: Call): boolean {
  return effort !== "none" && OWN_HOST.test(baseUrl) && TOOLS_WITHOUT_EFFORT.test(model) &&
    effortsOf(model).length > 0;
}

/** What each family calls its efforts, the first that fits (Q40). None: it has a fixed one, and is told nothing. */
const EFFORTS: Families<readonly EffortName[]> = [
  [/o1-(?:mini|preview)|gpt-5\.\d-chat/, []],
  [/(?:^|\/)o\d/, ["low", "medium", "high"]],
  [/gpt-5-pro/, ["high"]],
  [/gpt-5\.\d-pro/, ["medium", "high", "xhigh"]],
  [/gpt-5(?:\.1)?-codex(?!-max)/, ["low", "medium", "high"]],
  [/gpt-5\.\d-codex/, ["low", "medium", "high", "xhigh"]],
  [/gpt-5\.1/, ["none", "low", "medium", "high"]],
  [/gpt-5\.[2-5]/, ["none", "low", "medium", "high", "xhigh"]],
  [/gpt-(?:5\.[6-9]|[6-9]|\d\d)/, ["none", "low", "medium", "high", "xhigh", "max"]],
  [/gpt-5/, ["minimal", "low", "medium", "high"]],
];

/** Reasoning models: `max_completion_tokens`, an effort, and sampling only where they do not reason (Q40, Q41). */
export function withEffort(body: OpenAI.Request, call: Call): OpenAI.Request {
  const { model, effort } = call;
  if (!REASONING.test(model)) return body;
  const silent = body.tools !== undefined && TOOLS_WITHOUT_EFFORT.test(model) && !byResponses(call);
  const reasoning_effort = nearestEffort(silent ? "none" : effort, effortsOf(model));
  const refused = reasoning_effort === "none" ? [] : ["temperature", "top_p"];
  const renamed = rename(omit(body, "stop", ...refused), { max_tokens: "max_completion_tokens" });
  return reasoning_effort === undefined ? renamed : { ...renamed, reasoning_effort };
}

function effortsOf(model: string): readonly EffortName[] {
  return REASONING.test(model) ? byFamily(EFFORTS, model) ?? [] : [];
}

/** 128 tools, 4 stop texts, and schemas without combinators at their root (Q42). */
export function withinLimits(body: OpenAI.Request): OpenAI.Request {
  const { stop, tools } = body;
  const limited = {
    ...body,
    ...(stop ? { stop: stop.slice(0, 4) } : {}),
    ...(tools ? { tools: tools.slice(0, 128) } : {}),
  };
  return plainSchemas(limited);
}

/** Requests of one session find the same cache (Q44). */
export function withCacheKey(body: OpenAI.Request, { session }: Call): OpenAI.Request {
  return session === undefined ? body : { ...body, prompt_cache_key: session };
}

/** Windows and output caps, from OpenAI's model pages (Q107), and who cannot be told not to think (Q25). */
const FACTS: Families<Facts> = [
  [/gpt-3\.5/, { context: 16_385, output: 4_096, vision: false }],
  [/gpt-4-turbo/, { context: 128_000, output: 4_096 }],
  [/gpt-4o|gpt-5-chat|gpt-5\.\d-chat/, { context: 128_000, output: 16_384 }],
  [/gpt-4\.1/, { context: 1_047_576, output: 32_768 }],
  [/(?:^|\/)gpt-4(?!\.)/, { context: 8_192, output: 4_096, vision: false }],
  [/(?:^|\/)o3-mini/, { context: 200_000, output: 100_000, vision: false, reasoning: "always" }],
  [/(?:^|\/)o\d/, { context: 200_000, output: 100_000, reasoning: "always" }],
  [/gpt-5(?!\.\d)/, { context: 400_000, output: 128_000, reasoning: "always" }],
  [/gpt-5\.[1-3]/, { context: 400_000, output: 128_000 }],
  [/gpt-(?:5\.|[6-9]|\d\d)/, { context: 1_050_000, output: 128_000 }],
];

/** What is known of OpenAI's models, wherever they are served. */
export function openaiFacts(model: string): Facts {
  return byFamily(FACTS, model) ?? {};
}
