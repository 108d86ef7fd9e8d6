import {
  byFamily,
  type Call,
  eachParameters,
  eachSubschema,
  eachUsage,
  type EffortName,
  type Facts,
  type Families,
  nearestEffort,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  systemFirst,
  withoutReasoning,
} from "../core/mod.ts";

/**
 * xAI (Q70): only some models are told how hard to think, those that think take no stop texts, thinking is counted beside
 * the answer (Q110), and schemas are open (Q91). A session has its own header (Q44).
 */
export const xai: ProviderAdapter = {
  baseUrl: "https://api.x.ai/v1",
  hosts: ["api.x.ai"],
  apiKeyEnv: "XAI_API_KEY",
  facts,
  headers: ({ apiKey, session }) => ({
    authorization: `Bearer ${apiKey}`,
    ...(session === undefined ? {} : { "x-grok-conv-id": session }),
  }),
  request(body, call) {
    const schemas = eachParameters(plainSchemas(body), openSchema);
    const turns = systemFirst(withoutReasoning(schemas));
    return { ...(thinks(call.model) ? omit(turns, "stop") : turns), ...effortOf(call) };
  },
  stream: eachUsage(withThinking),
};

function thinks(model: string): boolean {
  return !/non-reasoning|grok-2|grok-3(?!-mini)/.test(model);
}

/** Models that are not listed refuse to be told (Q24). */
const EFFORTS: Families<readonly EffortName[]> = [
  [/grok-3-mini/, ["low", "high"]],
  [/grok-4\.[3-5](?!\d)|grok-latest/, ["none", "low", "medium", "high"]],
  [/grok-(?:4\.[6-9]|[5-9])(?!\d)/, ["none", "low", "medium", "high", "xhigh"]],
];

function effortOf({ model, effort }: Call): { reasoning_effort?: string } {
  const known = byFamily(EFFORTS, model) ?? [];
  const reasoning_effort = nearestEffort(effort, known);
  return reasoning_effort === undefined ? {} : { reasoning_effort };
}

function openSchema(parameters: Readonly<Record<string, unknown>>) {
  return eachSubschema(
    parameters,
    (schema) =>
      schema["additionalProperties"] === false ? omit(schema, "additionalProperties") : schema,
  );
}

function withThinking(usage: OpenAI.Usage): OpenAI.Usage {
  const thinking = usage.completion_tokens_details?.["reasoning_tokens"] ?? 0;
  return { ...usage, completion_tokens: (usage.completion_tokens ?? 0) + thinking };
}

/** From xAI's model list (Q107). */
const FACTS: Families<Facts> = [
  [/grok-3/, { context: 131_072, vision: false }],
  [/grok-code/, { context: 256_000, vision: false, reasoning: "always" }],
  [/grok-4(?:[-.]1)?-fast/, { context: 2_000_000 }],
  [/grok-4(?![.\d])/, { context: 256_000, reasoning: "always" }],
  [/grok-4\.5/, { context: 500_000 }],
  [/grok-4\.(?:20|3)/, { context: 1_000_000 }],
];

function facts(model: string): Facts {
  return byFamily(FACTS, model) ?? {};
}
