import {
  autoToolChoice,
  byFamily,
  type Call,
  eachParameters,
  endsWithUser,
  type Facts,
  type Failure,
  type Families,
  inlineRefs,
  jsonInWords,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  systemFirst,
  thinkTags,
  withoutForbiddenTools,
  withoutReasoning,
} from "../core/mod.ts";

/**
 * Qwen at DashScope (Q66): thinking has its own switch and budget (Q24) and comes only in streams, so every answer is
 * streamed from there; it is not wanted back (Q21). Tools cannot be demanded, and come one at a time unless asked (Q89).
 */
export const qwen: ProviderAdapter = {
  baseUrl: "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
  hosts: [
    "dashscope.aliyuncs.com",
    "dashscope-intl.aliyuncs.com",
    "dashscope-us.aliyuncs.com",
    "coding.dashscope.aliyuncs.com",
    "coding-intl.dashscope.aliyuncs.com",
  ],
  apiKeyEnv: "DASHSCOPE_API_KEY",
  facts,
  request: (body, call) => {
    const turns = jsonInWords(
      endsWithUser(systemFirst(withoutReasoning(withoutForbiddenTools(body)))),
    );
    const legal = plainSchemas(eachParameters(autoToolChoice(turns), inlineRefs));
    return withThinking({
      ...legal,
      ...(legal.tools ? { parallel_tool_calls: body.parallel_tool_calls ?? true } : {}),
      stream: true,
      stream_options: { include_usage: true },
    }, call);
  },
  search: (body) => ({
    ...body,
    enable_search: true,
    search_options: { forced_search: true },
  }),
  stream: () => thinkTags(),
  error: readError,
};

/** Both think and do not think. The others do one of it, and know no switch. */
const HYBRID = /^qwen(?:3(?:\.\d+)?-|-plus|-flash|-turbo)(?!.*(?:coder|instruct|thinking))/;
const THINKS_ALWAYS = /^qwq|^qvq|^qwen3.*-thinking/;

const BUDGETS = { low: 1_024, medium: 8_192, high: 24_576 };

/** From xhigh on the model's own limit is the budget. JSON is only promised without thinking. */
function withThinking(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  if (!HYBRID.test(model)) return THINKS_ALWAYS.test(model) ? omit(body, "response_format") : body;
  if (effort === "none" || body.response_format) return { ...body, enable_thinking: false };
  const budget = effort in BUDGETS ? BUDGETS[effort as keyof typeof BUDGETS] : undefined;
  return {
    ...body,
    enable_thinking: true,
    ...(budget === undefined ? {} : { thinking_budget: budget }),
  };
}

/** Too many tokens a minute are reported in the words of an empty account. */
function readError({ status, code, message }: Failure): Partial<Failure> {
  return status === 429 && /quota/i.test(`${code} ${message}`)
    ? { code: "rate_limit", message: "The tokens per minute of this account are used up" }
    : {};
}

/** From Model Studio's list (Q107). */
function facts(model: string): Facts {
  const vision = /vl|omni|qvq|qwen3\.[5-9]|qwen[4-9]/.test(model);
  const always = THINKS_ALWAYS.test(model) ? { reasoning: "always" } as const : {};
  const found = byFamily(LIMITS, model);
  return found === undefined ? always : { ...found, vision, ...always };
}

const LIMITS: Families<Facts> = [
  [/^qwen3(?:\.\d+)?-max/, { context: 262_144, output: 65_536 }],
  [/^qwen3(?:\.\d+)?-(?:plus|flash|coder-plus|coder-flash)/, {
    context: 1_000_000,
    output: 65_536,
  }],
  [/^qwen-(?:plus|flash)/, { context: 1_000_000, output: 32_768 }],
  [/^qwen-turbo/, { context: 1_000_000, output: 16_384 }],
  [/^qwen3-coder/, { context: 262_144, output: 65_536 }],
  [/^qwen-max|^qwen2|^qwq/, { context: 131_072, output: 8_192 }],
  [/^qwen3-/, { context: 131_072, output: 16_384 }],
];
