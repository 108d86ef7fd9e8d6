/** What open models share, whichever server runs them. */
import { type Call, type Facts, nearestEffort } from "../core/mod.ts";

type Fields = Readonly<Record<string, unknown>>;

/** gpt-oss has three levels, and always thinks (Q24). Undefined for other models. */
export function gptOssEffort({ model, effort }: Call): Fields | undefined {
  if (!isGptOss(model)) return undefined;
  return { reasoning_effort: nearestEffort(effort, ["low", "medium", "high"]) };
}

/** Families whose chat template has a switch for thinking, under one of two names. A template ignores the other (Q24). */
const SWITCHED = /qwen-?3|deepseek|granite|kimi|glm|nemotron|smollm3|hunyuan|ernie/i;

/** The switch under both names, or nothing for models without one. */
export function templateSwitch({ model, effort }: Call): Fields {
  if (!SWITCHED.test(model)) return {};
  const on = effort !== "none";
  return { chat_template_kwargs: { enable_thinking: on, thinking: on } };
}

/** A small answer needs room where thinking cannot be turned off (Q25). */
export function openModelFacts(model: string): Facts {
  return isGptOss(model) ? { reasoning: "always" } : {};
}

/** OpenAI's open models, by whatever name a server gives them. */
export function isGptOss(model: string): boolean {
  return /gpt-oss/i.test(model);
}
