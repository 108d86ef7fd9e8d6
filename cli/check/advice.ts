/** What is wrong with settings that work, or risky. Pure: each rule looks at one thing and says what to do. */
import type { Config } from "../../core/config.ts";
import type { Facts } from "../../core/contract.ts";
import { isLocal, isLoopback } from "../../core/door.ts";

export interface Situation {
  readonly config: Config;
  readonly provider: string;
  readonly baseUrl: string;
  readonly sources: Readonly<Record<string, string>>;
  facts(model: string): Facts;
  /** Permission bits of the env file, where the system has them. */
  readonly fileMode?: number | undefined;
  readonly file: string;
}

type Rule = (situation: Situation) => string | undefined | false;

/** Claude Code's first request alone is about 12,000 tokens, and it compacts 33,000 before the end of the window. */
const SMALLEST_WINDOW = 64_000;

const RULES: readonly Rule[] = [
  ({ baseUrl, config }) =>
    baseUrl.startsWith("http:") && !isLocal(baseUrl) && config.apiKey !== "" &&
    "OPENAI_BASE_URL begins with http://: your key and your code travel unencrypted. Use https://",
  ({ fileMode, file }) =>
    fileMode !== undefined && (fileMode & 0o077) !== 0 &&
    `${file} can be read by others on this machine: chmod 600 ${file}`,
  ({ config }) =>
    !isLoopback(config.host) && config.clientKeys.length === 0 &&
    `HOST is ${config.host}, but without ANTHROPIC_API_KEY only callers on this machine are let in. ` +
      "Set a key to let others in, or HOST=127.0.0.1",
  ({ config }) =>
    !isLoopback(config.host) && config.clientKeys.some(({ key }) => key.length < 16) &&
    "ANTHROPIC_API_KEY has a key of less than 16 characters, and others can reach this port: use a longer one",
  ({ config }) =>
    config.apiKey !== "" && config.clientKeys.some(({ key }) => key === config.apiKey) &&
    "ANTHROPIC_API_KEY is the provider's key: whoever may use the proxy has it then. Choose another",
  ({ config, sources, provider }) =>
    provider !== "openai" && provider !== "azure" && sources["BIG_MODEL"] === undefined &&
    `BIG_MODEL is not set, and ${config.models.big} is hardly a model of ${provider}: name one of its models`,
  ({ config, sources, provider }) =>
    provider !== "openai" && provider !== "azure" && sources["SMALL_MODEL"] === undefined &&
    `SMALL_MODEL is not set, and ${config.models.small} is hardly a model of ${provider}: name one of its models`,
  ({ config, facts }) => {
    const { context } = facts(config.models.big);
    return context !== undefined && context < SMALLEST_WINDOW &&
      `${config.models.big} has a window of ${context} tokens: too little for Claude Code, which wants ${SMALLEST_WINDOW} or more`;
  },
  ({ config, facts }) =>
    facts(config.models.big).context === undefined &&
    `The window of ${config.models.big} is not known, so Claude Code will take it for 1,000,000 tokens. ` +
      `Say how large it is in ccproxy.json: {"models":{"${config.models.big}":{"context":131072}}}`,
  ({ config }) =>
    config.maxTokens !== undefined && config.maxTokens < 4096 &&
    `MAX_TOKENS_LIMIT is ${config.maxTokens}: answers will be cut off. Raise it or leave it out`,
  ({ config }) =>
    config.limits.firstByte < 60 &&
    `REQUEST_TIMEOUT is ${config.limits.firstByte} s: models that think are often silent for longer`,
  ({ config }) =>
    config.logLevel === "DEBUG" && config.logBodies &&
    "LOG_LEVEL is DEBUG: prompts and answers are written to the log. LOG_BODIES=false leaves them out",
];

/** A sentence for each thing that could bite later; none where all is well. */
export function adviceFor(situation: Situation): string[] {
  return RULES.map((rule) => rule(situation)).filter((advice) => typeof advice === "string");
}
