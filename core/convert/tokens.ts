import type * as OpenAI from "../protocol/openai.ts";
import { mediaTokens } from "./image_tokens.ts";

/** What a message costs beside its text: role and separators. */
const MESSAGE_TOKENS = 4;

/** A file may hold the model's control words; as part of a message they are text like any other. */
const PLAIN = { disallowedSpecial: new Set<string>() };

type Count = (text: string) => number;
let tokenizer: Promise<Count> | undefined;

/** Tokens of a body as it would be sent, in OpenAI's o200k encoding; loads the encoding's 2 MB at the first call. */
export async function countTokens(body: OpenAI.Request): Promise<number> {
  tokenizer ??= import("gpt-tokenizer/encoding/o200k_base").then((
    { countTokens },
  ) =>
  (text) => countTokens(text, PLAIN));
  const count = await tokenizer;
  const messages = body.messages.reduce((sum, message) => sum + messageTokens(message, count), 0);
  return messages + (body.tools === undefined ? 0 : count(JSON.stringify(body.tools)));
}

function messageTokens(message: OpenAI.Message, count: Count): number {
  let tokens = MESSAGE_TOKENS;
  const { content } = message;
  if (typeof content === "string") tokens += count(content);
  else for (const part of content ?? []) tokens += partTokens(part, count);
  if (message.role !== "assistant") return tokens;
  for (const call of message.tool_calls ?? []) {
    tokens += count(call.function.name) + count(call.function.arguments);
  }
  return tokens + count(message.reasoning_content ?? "");
}

function partTokens(part: OpenAI.ContentPart, count: Count): number {
  if (part.type === "image_url") return mediaTokens(part.image_url.url);
  if (part.type === "file") return mediaTokens(part.file.file_data);
  return count(part.type === "text" ? part.text : JSON.stringify(part));
}
