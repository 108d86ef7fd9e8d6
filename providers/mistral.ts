import {
  type Call,
  eachAssistant,
  eachDelta,
  endsWithUser,
  type Facts,
  fieldsOf,
  latestImages,
  legalIds,
  mergeIntoResults,
  nameResults,
  nearestEffort,
  omit,
  type OpenAI,
  plainSchemas,
  type ProviderAdapter,
  systemFirst,
  textOf,
  withoutForbiddenTools,
} from "../core/mod.ts";

/**
 * Mistral (Q67): ids of nine letters and digits (Q84), no unknown field anywhere, no user's turn right after a result,
 * thinking as parts of the content, both ways (Q15, Q20).
 */
export const mistral: ProviderAdapter = {
  baseUrl: "https://api.mistral.ai/v1",
  hosts: ["api.mistral.ai", "codestral.mistral.ai"],
  apiKeyEnv: "MISTRAL_API_KEY",
  facts,
  request: (body, call) => {
    const spared = latestImages(withoutForbiddenTools(omit(body, "stream_options")), 8);
    const turns = endsWithUser(bridged(mergeIntoResults(systemFirst(spared))));
    const named = nameResults(legalIds(turns, /^[a-zA-Z0-9]{9}$/, 9));
    return withThinking(withSampling(withChoice(plainSchemas(named))), call);
  },
  stream: eachDelta(readParts),
};

/** Thinks where it is told to; the older ones either always do or do not know the field (Q24). */
const ADJUSTABLE = /mistral-(?:small|medium)-(?:latest|2[6-9]\d\d|[3-9][-.][5-9]|[4-9])/;
const LEVELS = /mistral-large-(?:latest|2[7-9]\d\d|[4-9])/;
const ALWAYS = /magistral/;

function withThinking(body: OpenAI.Request, { model, effort }: Call): OpenAI.Request {
  const parts = eachAssistant(body, (message) => withParts(message, model));
  if (LEVELS.test(model) && effort !== "none") {
    return { ...parts, reasoning_effort: nearestEffort(effort, ["low", "medium", "high"]) };
  }
  if (!ADJUSTABLE.test(model)) return parts;
  return { ...parts, reasoning_effort: effort === "none" ? "none" : "high" };
}

/** Thinking goes back as the first part, and only to models that think. No content is left out: null is refused. */
function withParts(
  { reasoning_content: text, content, ...rest }: OpenAI.AssistantMessage,
  model: string,
): OpenAI.AssistantMessage {
  const message = content === null ? rest as OpenAI.AssistantMessage : { ...rest, content };
  const thinks = ADJUSTABLE.test(model) || LEVELS.test(model) || ALWAYS.test(model);
  if (text === undefined || !thinks) return message;
  const thinking = { type: "thinking", thinking: [{ type: "text", text }], closed: true };
  const said = typeof content === "string" ? [{ type: "text" as const, text: content }] : [];
  return { ...message, content: [thinking as unknown as OpenAI.ContentPart, ...said] };
}

/** An answer in parts, as text and thinking; a part that only points at a source says nothing. */
function readParts(delta: OpenAI.MessageDelta): OpenAI.MessageDelta {
  const { content } = delta;
  if (!Array.isArray(content)) return delta;
  const thoughts = content.map(fieldsOf).filter(({ type }) => type === "thinking");
  const reasoning_content = thoughts.map(({ thinking }) => textOf(thinking)).join("");
  return { ...delta, content: textOf(content), reasoning_content };
}

/** Where an image follows a result, a word of the model's stands between: "Unexpected role 'user' after role 'tool'". */
function bridged(body: OpenAI.Request): OpenAI.Request {
  const messages = body.messages.flatMap((message, position): OpenAI.Message[] =>
    message.role === "user" && body.messages[position - 1]?.role === "tool"
      ? [{ role: "assistant", content: "OK." }, message]
      : [message]
  );
  return { ...body, messages };
}

/** `required` is `any` here (Q89). */
function withChoice(body: OpenAI.Request): OpenAI.Request {
  return body.tool_choice === "required" ? { ...body, tool_choice: "any" as "required" } : body;
}

/** Temperature 0 goes with `top_p` 1 only. */
function withSampling(body: OpenAI.Request): OpenAI.Request {
  return body.temperature === 0 ? omit(body, "top_p") : body;
}

/** From Mistral's model pages (Q107). */
function facts(model: string): Facts {
  if (/codestral|devstral/.test(model)) return { context: 262_144, vision: false };
  if (ALWAYS.test(model)) return { context: 131_072, reasoning: "always" };
  if (/ministral|open-|nemo/.test(model)) return { context: 131_072 };
  return /mistral-(?:medium|large|small)/.test(model) ? { context: 262_144 } : {};
}
