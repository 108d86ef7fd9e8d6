/**
 * The OpenAI chat completions wire, as its many imitators speak it. What we send is typed closely; what we receive is
 * optional nearly everywhere, because some provider leaves it out (quirks A and D).
 */

export type ContentPart =
  | { readonly type: "text"; readonly text: string; readonly [extension: string]: unknown }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } }
  | {
    readonly type: "file";
    readonly file: { readonly filename: string; readonly file_data: string };
  };

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
  /**
   * What the adapter's `stream` hook asked to keep for this call, when it comes back to the same provider.
   * The adapter's `request` hook turns it into the provider's own field; what it leaves is not sent.
   */
  readonly carry?: unknown;
  readonly [extension: string]: unknown;
}

export interface SystemMessage {
  readonly role: "system" | "developer";
  readonly content: string;
}

export interface UserMessage {
  readonly role: "user";
  readonly content: string | readonly ContentPart[];
}

export interface AssistantMessage {
  readonly role: "assistant";
  readonly content: string | readonly ContentPart[] | null;
  readonly tool_calls?: readonly ToolCall[];
  /** The thinking of this turn, as text; only where it came from the same provider. */
  readonly reasoning_content?: string;
  /** As on a tool call: kept for the message as a whole, oldest first. */
  readonly carry?: readonly unknown[];
  readonly [extension: string]: unknown;
}

export interface ToolMessage {
  readonly role: "tool";
  readonly tool_call_id: string;
  readonly content: string;
  readonly [extension: string]: unknown;
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

export interface Tool {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    readonly parameters: Readonly<Record<string, unknown>>;
  };
}

export type ToolChoice =
  | "auto"
  | "none"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } };

/** The request body. The named fields are what the conversion makes; an adapter may add its provider's own. */
export interface Request {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage: boolean };
  readonly max_tokens?: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly stop?: readonly string[];
  readonly tools?: readonly Tool[];
  readonly tool_choice?: ToolChoice;
  readonly parallel_tool_calls?: boolean;
  readonly reasoning_effort?: string;
  readonly response_format?: Readonly<Record<string, unknown>>;
  readonly prompt_cache_key?: string;
  readonly [extension: string]: unknown;
}

export interface ToolCallDelta {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly type?: string | null;
  readonly function?:
    | { readonly name?: string | null; readonly arguments?: unknown }
    | null;
  readonly carry?: unknown;
  readonly [extension: string]: unknown;
}

export interface MessageDelta {
  readonly role?: string | null;
  readonly content?: unknown;
  readonly reasoning_content?: unknown;
  readonly reasoning?: unknown;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly ToolCallDelta[] | null;
  readonly function_call?: { readonly name?: string; readonly arguments?: unknown } | null;
  /** Set by an adapter: what must come back with this message (see `AssistantMessage.carry`). */
  readonly carry?: unknown;
  readonly [extension: string]: unknown;
}

export interface Choice {
  readonly index?: number | null;
  readonly delta: MessageDelta;
  readonly finish_reason?: string | null;
  readonly [extension: string]: unknown;
}

/** Token counts under all the names in use (Q110). */
export interface Usage {
  readonly prompt_tokens?: number | null;
  readonly completion_tokens?: number | null;
  readonly total_tokens?: number | null;
  readonly prompt_tokens_details?: Readonly<Record<string, number | null | undefined>> | null;
  readonly completion_tokens_details?: Readonly<Record<string, number | null | undefined>> | null;
  readonly [extension: string]: unknown;
}

/**
 * One frame of a stream, or a whole answer seen as the only frame: `choices` is always a list and each choice has a
 * `delta`, whatever the wire said.
 */
export interface Chunk {
  readonly choices: readonly Choice[];
  readonly usage?: Usage | null;
  readonly error?: unknown;
  readonly [extension: string]: unknown;
}
