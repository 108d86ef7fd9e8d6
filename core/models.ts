import type { Config } from "./config.ts";

export interface ModelMap {
  readonly provider: string;
  readonly models: Config["models"];
}

/**
 * The model to ask for a name the client sent. Claude's tiers are mapped; an id from our own model list is the model it
 * names; any other name passes as it is. `[1m]` is the client's mark for a long window (section 2.2).
 */
export function mapModel(asked: string, { provider, models }: ModelMap): string {
  const name = asked.replace(/\[1m\]$/i, "");
  const listed = Object.values(models).find((model) => name === publicId(provider, model));
  if (listed !== undefined) return listed;
  const folded = name.toLowerCase();
  if (folded.includes("haiku")) return models.small;
  if (folded.includes("sonnet")) return models.middle;
  if (/opus|fable/.test(folded) || /^(?:.*[/.])?claude/.test(folded)) return models.big;
  return name;
}

/** The client's picker keeps only ids that contain "claude" or "anthropic" (section 1.3). */
export function publicId(provider: string, model: string): string {
  return `anthropic/${provider}/${model}`;
}
