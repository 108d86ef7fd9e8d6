import {
  type Call,
  completionsUrl,
  eachAnswerSchema,
  eachAssistant,
  eachFinish,
  eachParameters,
  eachUsage,
  endsWithUser,
  type Facts,
  type Failure,
  flatRoot,
  inSequence,
  nameResults,
  nearestEffort,
  omit,
  type OpenAI,
  type ProviderAdapter,
  schemaSubset,
  systemFirst,
  thinkTags,
  withoutReasoning,
} from "../core/mod.ts";
import { carrySignatures, flaggedThoughts } from "./gemini_stream.ts";

/**
 * Gemini's OpenAI endpoint: signatures of thoughts go back with the calls (Q50), schemas are cut to what its `Schema`
 * knows (Q54), thinking has a config of its own (Q52), unknown fields are refused (Q55).
 */
export const gemini: ProviderAdapter = {
  baseUrl: "https://generativelanguage.googleapis.com/v1beta/openai",
  hosts: ["generativelanguage.googleapis.com"],
  apiKeyEnv: "GEMINI_API_KEY",
  facts,
  url: ({ baseUrl }) => completionsUrl(withOpenai(baseUrl)),
  request: (body, call) => {
    const plain = nameResults(
      endsWithUser(systemFirst(withoutReasoning(omit(body, "parallel_tool_calls")))),
    );
    const subset = eachParameters(plain, (parameters) => schemaSubset(flatRoot(parameters)));
    return withThinking(signed(eachAnswerSchema(subset, schemaSubset), call.model), call);
  },
  stream: () =>
    inSequence(
      carrySignatures(),
      flaggedThoughts(),
      thinkTags(),
      eachFinish(readFinish)(),
      eachUsage(withThoughts)(),
    ),
  error: readError,
};

/** The address that Google's own documents show first has no `/openai`. */
function withOpenai(baseUrl: string): string {
  const url = new URL(baseUrl);
  if (!/\/openai(?:\/|$)/.test(url.pathname)) {
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/openai`;
  }
  return url.href;
}

/** From 3 on a call without its signature is refused, but for this word in its place (Q50). */
export const UNSIGNED = "skip_thought_signature_validator";
const THINKS_ALWAYS = /gemini-(?:[3-9]|\d\d|2\.5-pro|flash-latest|pro-latest)/;

/** The signature of each call, as it came; the first of a step must have one. */
function signed(body: OpenAI.Request, model: string): OpenAI.Request {
  return eachAssistant(body, (message) => {
    if (message.tool_calls === undefined) return message;
    const tool_calls = message.tool_calls.map(({ carry, ...call }, position) => {
      const known = typeof carry === "string" ? carry : undefined;
      const signature = known ??
        (position === 0 && THINKS_ALWAYS.test(model) ? UNSIGNED : undefined);
      if (signature === undefined) return call;
      return { ...call, extra_content: { google: { thought_signature: signature } } };
    });
    return { ...message, tool_calls };
  });
}

const BUDGETS = { none: 0, low: 1024, medium: 8192, high: 24_576, xhigh: 24_576, max: 24_576 };

/** A level from 3 on, a budget before, and thoughts in the answer; `reasoning_effort` would exclude them (Q52). */
function withThinking(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  const config = thinkingConfig(model, effort);
  if (config === undefined) return body;
  // From 3 on any temperature but 1 makes the model loop (Q26).
  const sampled = "thinking_level" in config ? omit(body, "temperature") : body;
  return { ...sampled, extra_body: { google: { thinking_config: config } } };
}

function thinkingConfig(model: string, effort: Call["effort"]) {
  if (/gemini-2\.5/.test(model)) {
    const budget = Math.max(BUDGETS[effort], model.includes("pro") ? 128 : 0);
    return { thinking_budget: budget, include_thoughts: budget > 128 };
  }
  if (!THINKS_ALWAYS.test(model)) return undefined;
  const levels = /gemini-3-pro/.test(model)
    ? ["low", "high"] as const
    : ["low", "medium", "high"] as const;
  return { thinking_level: nearestEffort(effort, levels), include_thoughts: effort !== "none" };
}

/** Reasons that are sentences (Q55): a call that the model garbled is worth another try, a filter is a refusal. */
function readFinish(reason: string): string {
  if (/malformed/i.test(reason)) return "malformed_function_call";
  return /^(?:content_filter|prohibited|safety|recitation|blocklist|spii)/i.test(reason)
    ? "content_filter"
    : reason;
}

/** Thoughts are counted in the total only (Q52). */
function withThoughts(usage: OpenAI.Usage): OpenAI.Usage {
  const answered = (usage.total_tokens ?? 0) - (usage.prompt_tokens ?? 0);
  const thoughts = answered - (usage.completion_tokens ?? 0);
  if (thoughts <= 0) return usage;
  return {
    ...usage,
    completion_tokens: answered,
    completion_tokens_details: { reasoning_tokens: thoughts },
  };
}

function readError({ status, message }: Failure): Partial<Failure> {
  return status === 400 && /API key not valid|API_KEY_INVALID/i.test(message)
    ? { status: 401 }
    : {};
}

/** From Google's model pages (Q107). */
function facts(model: string): Facts {
  const old = /gemini-(?:1|2\.0)/.test(model);
  if (!old && !/gemini-/.test(model)) return {};
  return {
    context: 1_048_576,
    output: old ? 8_192 : 65_536,
    ...(THINKS_ALWAYS.test(model) ? { reasoning: "always" } : {}),
  };
}
