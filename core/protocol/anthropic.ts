/**
 * The Anthropic Messages wire, as Claude Code 2.1.330 speaks it. Loose where the wire is loose: a block or field
 * not named here passes validation and is dropped by the conversion, never refused.
 */

export interface CacheControl {
  readonly type: "ephemeral";
  readonly ttl?: string;
}

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
  readonly cache_control?: CacheControl | null;
  readonly citations?: readonly Citation[] | null;
}

/** A page that the text rests on. */
export interface Citation {
  readonly type: "web_search_result_location";
  readonly url: string;
  readonly title: string | null;
  readonly cited_text: string;
  readonly encrypted_index: string;
}

export type MediaSource =
  | { readonly type: "base64"; readonly media_type: string; readonly data: string }
  | { readonly type: "url"; readonly url: string }
  | { readonly type: "text"; readonly media_type?: string; readonly data: string }
  | { readonly type: "content"; readonly content: string | readonly ContentBlock[] }
  | { readonly type: "file"; readonly file_id: string };

export interface ImageBlock {
  readonly type: "image";
  readonly source: MediaSource;
}

export interface DocumentBlock {
  readonly type: "document";
  readonly source: MediaSource;
  readonly title?: string | null;
  readonly context?: string | null;
}

export interface ThinkingBlock {
  readonly type: "thinking";
  readonly thinking: string;
  readonly signature: string;
}

export interface RedactedThinkingBlock {
  readonly type: "redacted_thinking";
  readonly data: string;
}

export interface ToolUseBlock {
  readonly type: "tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface ToolResultBlock {
  readonly type: "tool_result";
  readonly tool_use_id: string;
  readonly content?: string | readonly ContentBlock[] | null;
  readonly is_error?: boolean | null;
}

/** A tool that the client's own search has found; `tool_name` is in `tools` from then on (section 2.4). */
export interface ToolReferenceBlock {
  readonly type: "tool_reference";
  readonly tool_name: string;
}

export interface SearchResultBlock {
  readonly type: "search_result";
  readonly source: string;
  readonly title: string;
  readonly content: readonly TextBlock[];
}

/** A search or fetch that the endpoint itself did; the client shows it and sends it back. */
export interface ServerToolUseBlock {
  readonly type: "server_tool_use";
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface WebSearchToolResultBlock {
  readonly type: "web_search_tool_result";
  readonly tool_use_id: string;
  readonly content: unknown;
}

/** In system turns: offers or withdraws a tool from here on (section 2.5). */
export interface ToolChangeBlock {
  readonly type: "tool_addition" | "tool_removal";
  readonly tool: { readonly type: string; readonly name?: string; readonly definition?: Tool };
}

export type ContentBlock =
  | TextBlock
  | ImageBlock
  | DocumentBlock
  | ThinkingBlock
  | RedactedThinkingBlock
  | ToolUseBlock
  | ToolResultBlock
  | ToolReferenceBlock
  | SearchResultBlock
  | ServerToolUseBlock
  | WebSearchToolResultBlock
  | ToolChangeBlock;

export interface OutputConfig {
  readonly effort?: string | null;
  readonly format?:
    | { readonly type: string; readonly schema?: Readonly<Record<string, unknown>> }
    | null;
}

export interface MessageParam {
  readonly role: "user" | "assistant" | "system";
  readonly content: string | readonly ContentBlock[];
  readonly output_config?: OutputConfig | null;
}

export interface Tool {
  readonly name: string;
  readonly type?: string | null;
  readonly description?: string;
  readonly input_schema?: Readonly<Record<string, unknown>>;
  readonly defer_loading?: boolean | null;
  /** Of a `web_search_*` tool: how often it may search, and where. */
  readonly max_uses?: number | null;
  readonly allowed_domains?: readonly string[] | null;
  readonly blocked_domains?: readonly string[] | null;
}

export interface ToolChoice {
  readonly type: "auto" | "any" | "tool" | "none";
  readonly name?: string;
  readonly disable_parallel_tool_use?: boolean;
}

export interface Thinking {
  readonly type: string;
  readonly budget_tokens?: number;
  readonly display?: string | null;
}

export interface Request {
  readonly model: string;
  readonly messages: readonly MessageParam[];
  /** Output tokens the client allows; absent only in count_tokens. */
  readonly max_tokens: number;
  readonly system?: string | readonly TextBlock[] | null;
  readonly tools?: readonly Tool[] | null;
  readonly tool_choice?: ToolChoice | null;
  readonly stop_sequences?: readonly string[] | null;
  readonly temperature?: number | null;
  readonly top_p?: number | null;
  readonly top_k?: number | null;
  readonly stream?: boolean | null;
  readonly thinking?: Thinking | null;
  readonly output_config?: OutputConfig | null;
  readonly metadata?: { readonly user_id?: string | null } | null;
  readonly context_management?:
    | { readonly edits?: readonly Readonly<Record<string, unknown>>[] | null }
    | null;
  readonly safeguards?: readonly Readonly<Record<string, unknown>>[] | null;
}

export type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use";

/** Tokens. `input_tokens` excludes what was read from or written to the cache (A14). */
export interface Usage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly output_tokens_details?: { readonly thinking_tokens: number };
  readonly server_tool_use?: { readonly web_search_requests: number };
}

export interface Message {
  readonly id: string;
  readonly type: "message";
  readonly role: "assistant";
  readonly model: string;
  readonly content: readonly ContentBlock[];
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly usage: Usage;
  readonly safeguard_results?: readonly unknown[];
}

export type Delta =
  | { readonly type: "text_delta"; readonly text: string }
  | {
    readonly type: "thinking_delta";
    readonly thinking: string;
    readonly estimated_tokens?: number;
  }
  | { readonly type: "signature_delta"; readonly signature: string }
  | { readonly type: "citations_delta"; readonly citation: Citation }
  | { readonly type: "input_json_delta"; readonly partial_json: string };

export interface MessageDelta {
  readonly stop_reason: StopReason | null;
  readonly stop_sequence: string | null;
  readonly safeguard_results?: readonly unknown[];
}

export interface ErrorBody {
  readonly type: "error";
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id?: string;
}

export type Event =
  | { readonly type: "message_start"; readonly message: Message }
  | {
    readonly type: "content_block_start";
    readonly index: number;
    readonly content_block: ContentBlock;
  }
  | { readonly type: "content_block_delta"; readonly index: number; readonly delta: Delta }
  | { readonly type: "content_block_stop"; readonly index: number }
  | { readonly type: "message_delta"; readonly delta: MessageDelta; readonly usage: Usage }
  | { readonly type: "message_stop" }
  | { readonly type: "ping" }
  | ErrorBody;
