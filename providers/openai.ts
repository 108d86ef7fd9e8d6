import {
  type Call,
  omit,
  type OpenAI,
  type ProviderAdapter,
  rename,
  withoutReasoning,
} from "../core/mod.ts";

/** o1 and later, gpt-5 and later; the chat models of that family do not reason (Q40). */
const REASONING = /^(?:.+\/)?(?:o\d|gpt-(?:[5-9]|\d\d))(?!.*-chat)/;

/** From here on tools and reasoning do not go together in chat completions (Q41). */
const NO_TOOLS_WITH_EFFORT = /^(?:.+\/)?gpt-(?:5\.[4-9]|[6-9]|\d\d)/;

/** OpenAI: reasoning models take other names and fewer knobs. */
export const openai: ProviderAdapter = {
  baseUrl: "https://api.openai.com/v1",
  hosts: ["api.openai.com"],
  apiKeyEnv: "OPENAI_API_KEY",
  facts: () => ({ files: true }),
  request: (body, call) => withCacheKey(withEffort(withoutReasoning(body), call), call),
};

/** Reasoning models: `max_completion_tokens`, no sampling, and an effort (Q40). */
export function withEffort(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  if (!REASONING.test(model)) return body;
  const renamed = rename(omit(body, "temperature", "top_p", "stop"), {
    max_tokens: "max_completion_tokens",
  });
  if (body.tools !== undefined && NO_TOOLS_WITH_EFFORT.test(model)) {
    return { ...renamed, reasoning_effort: "none" };
  }
  return { ...renamed, reasoning_effort: effortName(model, effort) };
}

/** The nearest effort that the model knows (Q40): gpt-5 and the o series end at "high" and cannot be "none". */
function effortName(model: string, effort: Call["effort"]): string {
  const minor = Number(/gpt-5\.(\d)/.exec(model)?.[1] ?? (/gpt-[6-9]/.test(model) ? 9 : 0));
  if (effort === "none") return minor >= 1 ? "none" : /gpt-5/.test(model) ? "minimal" : "low";
  if (effort === "max") return minor >= 6 ? "max" : minor >= 2 ? "xhigh" : "high";
  if (effort === "xhigh") return minor >= 2 ? "xhigh" : "high";
  return effort;
}

/** Requests of one session find the same cache (Q44). */
function withCacheKey(body: OpenAI.Request, { session }: Call): OpenAI.Request {
  return session === undefined ? body : { ...body, prompt_cache_key: session };
}
