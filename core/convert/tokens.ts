import type * as OpenAI from "../protocol/openai.ts";
import { mediaTokens } from "./image_tokens.ts";

/** What a message costs beside its text: role and separators. */
const MESSAGE_TOKENS = 4;

/** A file may hold the model's control words; as part of a message they are text like any other. */
const PLAIN = { disallowedSpecial: new Set<string>() };

/**
 * A run of so many characters, without a space or of nothing else, is counted in pieces: the tokenizer takes the square
 * of its length, a minute for a page of 160,000 Chinese characters, and nothing else runs meanwhile.
 */
const LONG_RUN = /(?<!\S)\S{256,}|(?<!\s)\s{256,}/g;
const PIECE = /.{1,256}/gsu;

type Count = (text: string) => number;
let tokenizer: Promise<Count> | undefined;

/** Tokens of a body as it would be sent, in OpenAI's o200k encoding; loads the encoding's 2 MB at the first call. */
export async function countTokens(body: OpenAI.Request): Promise<number> {
  tokenizer ??= import("gpt-tokenizer/encoding/o200k_base").then((
    { countTokens },
  ) =>
  (text) => piecesOf(text).reduce((sum, piece) => sum + countTokens(piece, PLAIN), 0));
  const count = await tokenizer;
  const messages = body.messages.reduce((sum, message) => sum + messageTokens(message, count), 0);
  return messages + (body.tools === undefined ? 0 : count(JSON.stringify(body.tools)));
}

function* piecesOf(text: string): Generator<string> {
  let at = 0;
  for (const { index, 0: run } of text.matchAll(LONG_RUN)) {
    yield text.slice(at, index);
    yield* run.match(PIECE) ?? [];
    at = index + run.length;
  }
  yield text.slice(at);
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
