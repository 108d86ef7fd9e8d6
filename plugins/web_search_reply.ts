import type { Anthropic } from "../core/mod.ts";
import type { Question } from "./search/mod.ts";

/** What a search came to. */
export interface Findings {
  readonly pages: readonly {
    readonly url: string;
    readonly title: string;
    readonly date?: string | null;
  }[];
  readonly text: string;
  /** How often the web was searched. */
  readonly searches: number;
  /** Anthropic's code of what went wrong; there are no pages then. */
  readonly error?: string;
  /** Of the model that wrote the text, where one did. */
  readonly usage?: Anthropic.Usage;
  /** The provider searched but named no pages: the text is all there is. */
  readonly unnamed?: boolean;
}

const NO_USAGE: Anthropic.Usage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
};

/** The answer as the client reads it: the search, its result, and a text (section 2.6). */
export function replyWith(
  { pages, text, searches, error, usage = NO_USAGE, unnamed = false }: Findings,
  { request, question }: { readonly request: Anthropic.Request; readonly question: Question },
): Anthropic.Message {
  const id = `srvtoolu_${randomPart()}`;
  const result: Anthropic.WebSearchToolResultBlock = {
    type: "web_search_tool_result",
    tool_use_id: id,
    content: error !== undefined
      ? { type: "web_search_tool_result_error", error_code: error }
      : pages.map(({ url, title, date = null }) => ({
        type: "web_search_result",
        url,
        title,
        encrypted_content: "",
        page_age: date,
      })),
  };
  const use: Anthropic.ServerToolUseBlock = {
    type: "server_tool_use",
    id,
    name: "web_search",
    input: { query: question.query },
  };
  return {
    id: `msg_${randomPart()}`,
    type: "message",
    role: "assistant",
    model: request.model,
    content: [...(unnamed ? [] : [use, result]), { type: "text", text }],
    stop_reason: "end_turn",
    stop_sequence: null,
    usage: { ...usage, server_tool_use: { web_search_requests: searches } },
  };
}

function randomPart(): string {
  return crypto.randomUUID().replaceAll("-", "");
}
