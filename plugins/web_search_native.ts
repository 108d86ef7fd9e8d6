import {
  type Anthropic,
  ApiError,
  asMessage,
  type Exchange,
  type Handler,
  type SearchScope,
} from "../core/mod.ts";
import { within } from "./search/domains.ts";
import type { Findings } from "./web_search_reply.ts";

/** Rounds after which a provider that asks for one more search is not followed. */
const MOST_ROUNDS = 8;

/**
 * Lets the provider search. Where its search is a function of its own that the model calls, the call's arguments go back
 * to it as the result, and it searches then. Throws ApiError.
 */
export async function searchNatively(
  exchange: Exchange,
  scope: SearchScope,
  next: Handler,
): Promise<Findings> {
  let { request } = exchange;
  let searches = 0;
  for (;;) {
    const message = await asMessage(await next({ ...exchange, request }));
    const calls = message.content.filter((block) => block.type === "tool_use");
    if (calls.length === 0 || searches >= Math.min(scope.maxUses, MOST_ROUNDS)) {
      return read(message, scope, searches);
    }
    searches += calls.length;
    request = { ...request, messages: [...request.messages, ...echo(message, calls)] };
  }
}

function echo(
  { content }: Anthropic.Message,
  calls: readonly Anthropic.ToolUseBlock[],
): Anthropic.MessageParam[] {
  const results = calls.map(({ id, input }): Anthropic.ToolResultBlock => ({
    type: "tool_result",
    tool_use_id: id,
    content: JSON.stringify(input),
  }));
  return [{ role: "assistant", content }, { role: "user", content: results }];
}

function read({ content, usage }: Anthropic.Message, scope: SearchScope, rounds: number): Findings {
  const texts = content.filter((block) => block.type === "text");
  const pages = texts.flatMap(({ citations }) => citations ?? [])
    .map(({ url, title }) => ({ url, title: title ?? url }))
    .filter(({ url }) => within(url, scope));
  const text = texts.map((block) => block.text).join("\n\n").trim();
  if (text === "") throw new ApiError(502, "The provider's web search gave no answer");
  return { pages, text, usage, searches: Math.max(rounds, 1), unnamed: pages.length === 0 };
}
