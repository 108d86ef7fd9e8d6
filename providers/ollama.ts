import {
  argumentsAsObjects,
  type Call,
  eachAssistant,
  eachMessage,
  inSequence,
  nearestEffort,
  omit,
  type OpenAI,
  type ProviderAdapter,
  rename,
  rescueCalls,
  systemFirst,
  thinkTags,
  withoutForbiddenTools,
} from "../core/mod.ts";

/**
 * Ollama (Q73): thinking is `reasoning` both ways, images must be inline, arguments must be an object. Choices of tools are
 * ignored there, so they are not sent, and forbidden tools neither. Its window is the server's: set
 * OLLAMA_CONTEXT_LENGTH, or it cuts silently.
 */
export const ollama: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:11434/v1",
  hosts: [":11434", "ollama.com"],
  apiKeyEnv: "OLLAMA_API_KEY",
  request: (body, call) => {
    const mended = eachAssistant(
      argumentsAsObjects(systemFirst(withoutForbiddenTools(body))),
      (message) => rename(message, { reasoning_content: "reasoning" }),
    );
    return {
      ...omit(eachMessage(mended, withInlineImages), "tool_choice", "parallel_tool_calls"),
      ...effortOf(call),
    };
  },
  stream: (call) => inSequence(thinkTags(), rescueCalls(call)),
};

/** Levels are only known to gpt-oss; a model that cannot think refuses to be told to, but not to be told not to. */
function effortOf({ model, effort }: Call): { reasoning_effort?: string } {
  if (/gpt-oss/.test(model)) {
    return { reasoning_effort: nearestEffort(effort, ["low", "medium", "high"]) ?? "low" };
  }
  return effort === "none" ? { reasoning_effort: "none" } : {};
}

const INLINE = /^data:image\/(?:jpeg|jpg|png|webp);base64,/;

function withInlineImages(message: OpenAI.Message): OpenAI.Message {
  if (message.role !== "user" || typeof message.content === "string") return message;
  const content = message.content.map((part): OpenAI.ContentPart =>
    part.type !== "image_url" || INLINE.test(part.image_url.url)
      ? part
      : { type: "text", text: "[image omitted: Ollama reads inline JPEG, PNG and WebP only]" }
  );
  return { ...message, content };
}
