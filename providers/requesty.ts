import {
  inSequence,
  nearestEffort,
  noteReasoningField,
  plainSchemas,
  type ProviderAdapter,
  reasoningWhereItCame,
  systemFirst,
  thinkTags,
} from "../core/mod.ts";
import { openaiFacts } from "./openai.ts";

/**
 * Requesty (Q72): caches prompts where it is asked to, knows one list of efforts for all models (Q24), and gives thinking
 * as `reasoning_content`.
 */
export const requesty: ProviderAdapter = {
  baseUrl: "https://router.requesty.ai/v1",
  hosts: ["router.requesty.ai"],
  apiKeyEnv: "REQUESTY_API_KEY",
  env: ["REQUESTY_AUTO_CACHE"],
  facts: openaiFacts,
  request: (body, { env, effort, session }) => ({
    ...plainSchemas(systemFirst(reasoningWhereItCame(body))),
    reasoning_effort: nearestEffort(effort, ["none", "low", "medium", "high", "max"]),
    requesty: {
      ...(/^(?:true|1|yes|on)$/i.test(env["REQUESTY_AUTO_CACHE"] ?? "")
        ? { auto_cache: true }
        : {}),
      ...(session === undefined ? {} : { trace_id: session }),
    },
  }),
  stream: () => inSequence(noteReasoningField(), thinkTags()),
};
