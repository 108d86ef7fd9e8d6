/** What Claude Code must be told so that it works through us (section 6). Pure. */
import type { Config } from "../core/config.ts";
import type { Facts } from "../core/contract.ts";
import { publicId } from "../core/models.ts";

export interface ClientContext {
  readonly url: string;
  /** What the proxy takes as a key. */
  readonly token: string;
  readonly provider: string;
  readonly config: Pick<Config, "models" | "maxTokens">;
  facts(model: string): Facts;
}

/**
 * The models go by ids of our own: for the ids of Claude's models the client would take Claude's windows for granted, for
 * others it believes CLAUDE_CODE_MAX_CONTEXT_TOKENS.
 */
export function clientEnvironment(context: ClientContext): Record<string, string> {
  const { url, token, provider, config: { models, maxTokens } } = context;
  const { big, middle, small } = models;
  const session = [big, middle].map((model) => context.facts(model));
  const window = smallest(session.map((facts) => facts.context));
  const output = smallest([...session.map((facts) => facts.output), maxTokens]);
  return {
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_AUTH_TOKEN: token,
    ANTHROPIC_MODEL: publicId(provider, big),
    ...tier("OPUS", provider, big),
    ...tier("SONNET", provider, middle),
    ...tier("HAIKU", provider, small),
    ...tier("FABLE", provider, big),
    ...(window === undefined ? {} : { CLAUDE_CODE_MAX_CONTEXT_TOKENS: String(window) }),
    ...(output === undefined ? {} : { CLAUDE_CODE_MAX_OUTPUT_TOKENS: String(output) }),
    CLAUDE_CODE_ATTRIBUTION_HEADER: "0",
    CLAUDE_CODE_GATEWAY_HINT_HEADERS: "1",
    CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
  };
}

/** Would lead the client past us, or to another model. */
export const CONFLICTING: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_SMALL_FAST_MODEL",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_MAX_CONTEXT_TOKENS",
  "CLAUDE_CODE_MAX_OUTPUT_TOKENS",
];

/** As a shell takes it. */
export function toExports(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `export ${name}=${/^[\w./:-]+$/.test(value) ? value : quote(value)}`)
    .join("\n");
}

function tier(name: string, provider: string, model: string): Record<string, string> {
  return {
    [`ANTHROPIC_DEFAULT_${name}_MODEL`]: publicId(provider, model),
    [`ANTHROPIC_DEFAULT_${name}_MODEL_NAME`]: model,
  };
}

function smallest(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function quote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
