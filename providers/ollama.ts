import {
  argumentsAsObjects,
  type Call,
  eachAssistant,
  eachMessage,
  inSequence,
  omit,
  type OpenAI,
  type ProviderAdapter,
  rename,
  rescueCalls,
  systemFirst,
  thinkTags,
  withoutForbiddenTools,
} from "../core/mod.ts";
import { gptOssEffort, openModelFacts } from "./open_models.ts";

/**
 * Ollama (Q73): thinking is `reasoning` both ways, images must be inline, arguments must be an object. Choices of tools are
 * ignored there, so they are not sent, and forbidden tools neither. Its window is the server's: set
 * OLLAMA_CONTEXT_LENGTH, or it cuts silently.
 */
export const ollama: ProviderAdapter = {
  baseUrl: "http://127.0.0.1:11434/v1",
  hosts: [":11434", "ollama.com"],
  apiKeyEnv: "OLLAMA_API_KEY",
  facts: openModelFacts,
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

/** A model that cannot think refuses to be told to, but not to be told not to. */
function effortOf(call: Call): Readonly<Record<string, unknown>> {
  return gptOssEffort(call) ?? (call.effort === "none" ? { reasoning_effort: "none" } : {});
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
