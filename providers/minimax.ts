import {
  autoToolChoice,
  type Call,
  clamp,
  eachAssistant,
  eachChunk,
  eachDelta,
  type Facts,
  type Failure,
  fieldsOf,
  increments,
  inSequence,
  jsonInWords,
  mergeIntoResults,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  rename,
  systemFirst,
  thinkTags,
  withoutForbiddenTools,
} from "../core/mod.ts";

/**
 * MiniMax (Q60): thinking comes apart from the text where `reasoning_split` asks for it, and goes back as
 * `reasoning_details` (Q21). One system message, no choice of tools (Q89), errors under HTTP 200 (Q5), deltas that are
 * sometimes the whole text so far (Q11).
 */
export const minimax: ProviderAdapter = {
  baseUrl: "https://api.minimax.io/v1",
  hosts: ["api.minimax.chat", "api.minimax.io", "api.minimaxi.com", "api-uw.minimax.io"],
  apiKeyEnv: "MINIMAX_API_KEY",
  facts,
  request: (body, call) => {
    const offered = omit(autoToolChoice(withoutForbiddenTools(body)), ...UNKNOWN);
    const turns = mergeIntoResults(systemFirst(omit(jsonInWords(offered), "response_format")));
    const named = rename(plainSchemas(turns), { max_tokens: "max_completion_tokens" });
    return withThinking(withDetails(withLimits(named)), call);
  },
  stream: () =>
    inSequence(readFault()(), splitReasoning()(), increments(), thinkTags(), withoutMirror()),
  error: readError,
};

const UNKNOWN = ["tool_choice", "parallel_tool_calls", "stop"];
const THINKS = /minimax-m/i;
/** From M3 on thinking can be turned off (Q24). */
const HAS_SWITCH = /minimax-m(?:[3-9]|\d\d)/i;

function withThinking(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  if (!THINKS.test(model)) return body;
  const thinking = HAS_SWITCH.test(model)
    ? { thinking: { type: effort === "none" ? "disabled" : "adaptive" } }
    : {};
  return { ...body, reasoning_split: true, ...thinking };
}

/** Above 0 and up to 1 (Q26). */
function withLimits(body: OpenAI.Request): OpenAI.Request {
  const { temperature } = body;
  return temperature === undefined ? body : { ...body, temperature: clamp(temperature, 0.01, 1) };
}

function withDetails(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, ({ reasoning_content: text, ...message }) => {
    if (text === undefined) return message;
    const detail = {
      type: "reasoning.text",
      id: "reasoning-text-1",
      format: "MiniMax-response-v1",
      index: 0,
      text,
    };
    return { ...message, reasoning_details: [detail] };
  });
}

/** A fault stands in `base_resp`, beside the answer that it is not. */
function readFault() {
  return eachChunk((chunk) => {
    const { status_code: code, status_msg: message } = fieldsOf(chunk["base_resp"]);
    return code ? { ...chunk, error: { code, message } } : chunk;
  });
}

/** Structured thinking as `reasoning`, whichever of its two fields holds it, so that tags in the text are told apart. */
function splitReasoning() {
  return eachDelta(({ reasoning_content: plain, reasoning_details: details, ...delta }) => {
    const texts = Array.isArray(details) ? details.map((one) => fieldsOf(one)["text"]) : [];
    const reasoning = plain || texts.filter((text) => typeof text === "string").join("");
    return reasoning ? { ...delta, reasoning } : delta;
  });
}

/** The same thinking between tags in the text is not thought twice (Q12). */
function withoutMirror(): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  let structured = false;
  return eachDelta((delta) => {
    structured ||= Boolean(delta.reasoning);
    return structured ? omit(delta, "reasoning_content") : delta;
  })();
}

/** HTTP status by the provider's own number, which is none (Q60). */
const STATUSES: Readonly<Record<string, number>> = {
  1000: 502,
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1013: 502,
  1024: 502,
  1026: 400,
  1027: 400,
  1033: 502,
  1039: 429,
  2013: 400,
  2049: 401,
  2056: 402,
};

/** The number stands in `code`, or in brackets at the end of the sentence. */
function readError({ code, message }: Failure): Partial<Failure> {
  const number = code in STATUSES ? code : /\((\d{4})\)\s*$/.exec(message)?.[1] ?? "";
  const status = STATUSES[number];
  if (status === undefined) return {};
  // "Token limit exceeded" sounds like a prompt that is too long.
  if (number === "1039") return { status, message: `rate limit in tokens: ${message}` };
  return number === "1026" || number === "1027" ? { status, code: "content_filter" } : { status };
}

/** From MiniMax's model pages (Q107). */
function facts(model: string): Facts {
  if (HAS_SWITCH.test(model)) return { context: 1_000_000, output: 131_072 };
  if (!THINKS.test(model)) return {};
  return { context: 204_800, output: 131_072, vision: false, reasoning: "always" };
}
