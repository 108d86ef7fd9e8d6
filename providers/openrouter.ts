import {
  type Call,
  eachAssistant,
  eachChunk,
  type Failure,
  fieldsOf,
  inSequence,
  nearestEffort,
  omit,
  type OpenAI,
  type ProviderAdapter,
  rename,
  thinkTags,
} from "../core/mod.ts";
import { UNSIGNED } from "./gemini.ts";
import { openaiFacts } from "./openai.ts";
import { carryDetails, mergeDetails } from "./reasoning_details.ts";

/**
 * OpenRouter (Q71): one dialect before hundreds of models. Thinking is asked for by `reasoning` and given back whole as
 * `reasoning_details`; Claude is asked to cache (Q109); a session stays with one provider, so that its cache hits.
 */
export const openrouter: ProviderAdapter = {
  baseUrl: "https://openrouter.ai/api/v1",
  hosts: ["openrouter.ai"],
  apiKeyEnv: "OPENROUTER_API_KEY",
  facts: (model) => ({
    ...openaiFacts(model),
    files: true,
    ...(ALWAYS_THINK.test(model) ? { reasoning: "always" } : {}),
  }),
  request: (body, call) => ({
    ...eachAssistant(body, (message) => withDetails(message, call.model)),
    reasoning: reasoningOf(call),
    ...(call.session === undefined ? {} : { session_id: call.session }),
    ...(/^anthropic\//.test(call.model) ? { cache_control: { type: "ephemeral" } } : {}),
  }),
  search: (body, { search }) => ({ ...body, plugins: [webPlugin(search)] }),
  stream: ({ model }) =>
    inSequence(eachChunk(unwrap)(), carryDetails({ holdCalls: GEMINI.test(model) }), thinkTags()),
  error: readError,
};

const GEMINI = /^google\/gemini-/;

/** Models that refuse `enabled: false`: "Reasoning is mandatory for this endpoint". Others are learned (Q116). */
const ALWAYS_THINK =
  /gemini-(?:2\.5-pro|[3-9])|gpt-oss|gpt-5(?!\.\d)|\/o\d|minimax-m[12]|step-3|thinking|-r1|grok-(?:4$|code)|qwq/;

function reasoningOf({ model, effort }: Call): Readonly<Record<string, unknown>> {
  if (effort !== "none") {
    return { effort: nearestEffort(effort, ["low", "medium", "high", "xhigh"]) };
  }
  return ALWAYS_THINK.test(model) ? { effort: "low" } : { enabled: false };
}

/** Its own search, as a plugin of the request; the pages come as annotations (A33, Q18). */
function webPlugin(scope: Call["search"]): Readonly<Record<string, unknown>> {
  const { allowedDomains = [], blockedDomains = [] } = scope ?? {};
  return {
    id: "web",
    ...(allowedDomains.length > 0 ? { include_domains: allowedDomains } : {}),
    ...(blockedDomains.length > 0 ? { exclude_domains: blockedDomains } : {}),
  };
}

/** Details replace the plain text; Gemini wants a signature even on calls that another model made (Q50). */
function withDetails(
  message: OpenAI.AssistantMessage,
  model: string,
): OpenAI.AssistantMessage {
  const details = mergeDetails(message.carry ?? []);
  if (details.length > 0) {
    return { ...omit(message, "carry", "reasoning_content"), reasoning_details: details };
  }
  const plain = rename(omit(message, "carry"), { reasoning_content: "reasoning" });
  const first = message.tool_calls?.[0];
  if (first === undefined || !GEMINI.test(model)) return plain;
  const unsigned = {
    type: "reasoning.encrypted",
    data: UNSIGNED,
    id: first.id,
    format: "google-gemini-v1",
    index: 0,
  };
  return { ...plain, reasoning_details: [unsigned] };
}

/** Some backends' whole answers stand inside `provider`. */
function unwrap(chunk: OpenAI.Chunk): OpenAI.Chunk {
  const { choices, usage } = fieldsOf(chunk["provider"]);
  if (chunk.choices.length > 0 || !Array.isArray(choices)) return chunk;
  const inner = choices.map(({ message, delta, ...rest }) => ({
    ...rest,
    delta: delta ?? message ?? {},
  }));
  return { ...chunk, choices: inner, usage: usage as OpenAI.Usage | null };
}

/** What the provider behind it said stands as text in `metadata.raw`. */
function readError({ status, message, body }: Failure): Partial<Failure> {
  if (status === 404 && /image input/i.test(message)) {
    return { status: 400, message: `${message}: this model does not support images` };
  }
  const { raw, provider_name: name } = fieldsOf(fieldsOf(fieldsOf(body)["error"])["metadata"]);
  const said = typeof raw === "string" ? saidIn(raw) : saidIn(JSON.stringify(raw ?? ""));
  if (said === "") return {};
  return { message: typeof name === "string" ? `${name}: ${said}` : said };
}

function saidIn(raw: string): string {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return raw.slice(0, 500);
  }
  if (typeof value === "string") return value;
  const { error, message, detail } = fieldsOf(Array.isArray(value) ? value[0] : value);
  const inner = fieldsOf(error)["message"] ?? error ?? message ?? detail;
  return typeof inner === "string" ? inner : "";
}
