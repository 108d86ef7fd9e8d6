import {
  autoToolChoice,
  type Call,
  clamp,
  eachChunk,
  type Facts,
  type Failure,
  inSequence,
  jsonInWords,
  mergeIntoResults,
  nearestEffort,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  speaks,
  systemFirst,
  thinkTags,
  withoutForbiddenTools,
} from "../core/mod.ts";

/**
 * GLM, at Zhipu and Z.ai (Q62): thinking that is to be kept must be asked for and given back unchanged (Q21, Q24), tools
 * can only be offered (Q89), calls stream only where that is asked for (Q17), errors are numbers (Q114).
 */
export const glm: ProviderAdapter = {
  baseUrl: "https://open.bigmodel.cn/api/paas/v4",
  hosts: ["open.bigmodel.cn", "api.z.ai", ".bigmodel.cn", ".z.ai"],
  apiKeyEnv: "ZHIPU_API_KEY",
  facts,
  request: (body, call) => {
    const spared = withoutForbiddenTools(omit(body, "parallel_tool_calls"));
    const turns = mergeIntoResults(systemFirst(jsonInWords(autoToolChoice(spared))));
    return withThinking(withLimits(plainSchemas(turns)), call);
  },
  search: (body, call) => ({ ...body, tools: [webSearch(call) as unknown as OpenAI.Tool] }),
  stream: () => inSequence(overflowing(), thinkTags()),
  error: readError,
};

/** The version in a model's name; 4 for `glm-4-plus`, 0 for what is not GLM. */
function version(model: string): number {
  return Number(/glm-?z?(\d+(?:\.\d+)?)/i.exec(model)?.[1] ?? 0);
}

/** From 4.5 on thinking has a switch, from 5.2 on levels, and from 5.3 on it cannot be turned off (Q24). */
function withThinking(body: OpenAI.Request, { model, effort, stream }: Call): OpenAI.Request {
  const known = version(model);
  if (known < 4.5) return body;
  const off = effort === "none" && known < 5.3;
  const thinking = off ? { type: "disabled" } : { type: "enabled", clear_thinking: false };
  return {
    ...(off ? body : omit(body, "temperature")),
    thinking,
    ...(off || known < 5.2
      ? {}
      : { reasoning_effort: nearestEffort(effort, ["low", "high", "max"]) }),
    ...(stream && body.tools && known >= 4.6 ? { tool_stream: true } : {}),
  };
}

/** Sampling above 0 and up to 1, and one stop text; the others are watched for on the way back. */
function withLimits(body: OpenAI.Request): OpenAI.Request {
  const { temperature, top_p, stop } = body;
  return {
    ...body,
    ...(temperature === undefined ? {} : { temperature: clamp(temperature, 0.01, 1) }),
    ...(top_p === undefined ? {} : { top_p: clamp(top_p, 0.01, 1) }),
    ...(stop === undefined ? {} : { stop: stop.slice(0, 1) }),
  };
}

function webSearch({ baseUrl, search }: Call) {
  const domain = search?.allowedDomains[0];
  return {
    type: "web_search",
    web_search: {
      enable: true,
      search_result: true,
      search_engine: baseUrl.includes("z.ai") ? "search-prime" : "search_pro",
      ...(domain === undefined ? {} : { search_domain_filter: domain }),
    },
  };
}

/** An answer that ends for want of room before it began is a prompt that is too long (Q62). */
function overflowing(): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  let spoken = false;
  return eachChunk((chunk) => {
    spoken ||= speaks(chunk);
    const full = chunk.choices[0]?.finish_reason === "model_context_window_exceeded";
    return full && !spoken ? { ...chunk, error: { code: "context_length_exceeded" } } : chunk;
  })();
}

/** HTTP status by the provider's own number; without one the status stands. */
const STATUSES: Readonly<Record<string, number>> = {
  1000: 401,
  1001: 401,
  1002: 401,
  1003: 401,
  1004: 401,
  1113: 402,
  1211: 404,
  1234: 502,
  1302: 429,
  1303: 429,
  1304: 429,
  1305: 429,
  1308: 402,
  1309: 402,
  1310: 402,
  1316: 402,
};

function readError({ code, message }: Failure): Partial<Failure> {
  if (code === "1301") return { status: 400, code: "content_filter" };
  if (code === "1261") return { status: 400, code: "context_length_exceeded", message };
  const status = STATUSES[code];
  return status === undefined ? {} : { status };
}

/** From the model pages (Q107): only models with a `v` after the version see. */
function facts(model: string): Facts {
  const known = version(model);
  if (known === 0) return {};
  const vision = /glm-?[\d.]+v/i.test(model);
  if (known >= 5.3) {
    return { context: 1_048_576, output: 131_072, vision, reasoning: "always" };
  }
  if (known >= 4.6) return { context: known >= 5.2 ? 1_048_576 : 204_800, output: 131_072, vision };
  if (known >= 4.5) return { context: 131_072, output: vision ? 16_384 : 98_304, vision };
  return { context: 131_072, output: 4_095, vision };
}
