import type * as Anthropic from "../protocol/anthropic.ts";
import type * as OpenAI from "../protocol/openai.ts";
import { clean, type ContentOptions, convertBlock } from "./content.ts";
import { toUpstreamName } from "./names.ts";
import { decodeCallId, decodeSignature, foreignCallId } from "./state.ts";

export interface MessageOptions extends ContentOptions {
  /** The adapter's name: what another provider left in signatures and ids is not sent to this one. */
  readonly provider: string;
  /** How many of the last turns with thinking keep it; undefined: all. */
  readonly keepThinking?: number | undefined;
}

const INTERRUPTED = "[No result: the call was interrupted]";

/**
 * The conversation in the provider's terms. Every call is answered by exactly one tool message right after it, whatever
 * the history holds (Q100): what comes between a call and its results waits until they are complete.
 */
export function convertMessages(
  messages: readonly Anthropic.MessageParam[],
  options: MessageOptions,
): OpenAI.Message[] {
  const out: OpenAI.Message[] = [];
  let open: readonly OpenAI.ToolCall[] = [];
  let results = new Map<string, Anthropic.ToolResultBlock>();
  let waiting: OpenAI.Message[] = [];
  const forgetful = forgetBefore(messages, options.keepThinking);

  /** Writes the results of the open calls, then what waited for them. */
  function settle() {
    const media: OpenAI.ContentPart[] = [];
    for (const call of open) {
      const result = results.get(call.id);
      const { text, parts } = result ? convertResult(result, options) : noResult();
      out.push({ role: "tool", tool_call_id: call.id, content: text });
      media.push(...parts);
    }
    if (media.length > 0) waiting.unshift({ role: "user", content: media });
    out.push(...mergeUsers(waiting));
    open = [];
    results = new Map();
    waiting = [];
  }

  for (const [position, message] of messages.entries()) {
    const blocks = asBlocks(message.content);
    if (message.role === "assistant") {
      settle();
      const kept = position < forgetful
        ? blocks.filter((block) => block.type !== "thinking")
        : blocks;
      const assistant = convertAssistant(kept, options);
      if (assistant !== undefined) out.push(assistant);
      open = assistant?.tool_calls ?? [];
      continue;
    }
    const rest: Anthropic.ContentBlock[] = [];
    for (const block of blocks) {
      if (block.type !== "tool_result") {
        rest.push(block);
        continue;
      }
      const id = toUpstreamId(block.tool_use_id, options.provider);
      if (open.some((call) => call.id === id)) {
        if (!results.has(id)) results.set(id, block);
      } else {
        rest.push(...orphan(block));
      }
    }
    const converted = message.role === "system" ? convertSystem(rest) : convertUser(rest, options);
    if (converted !== undefined) waiting.push(converted);
    if (open.every((call) => results.has(call.id))) settle();
  }
  settle();
  return out;
}

/** The position of the first message that keeps its thinking. */
function forgetBefore(
  messages: readonly Anthropic.MessageParam[],
  keepThinking: number | undefined,
): number {
  if (keepThinking === undefined) return 0;
  const thinking = messages.flatMap(({ role, content }, position) =>
    role === "assistant" && asBlocks(content).some((block) => block.type === "thinking")
      ? [position]
      : []
  );
  return keepThinking < 1 ? messages.length : thinking.at(-keepThinking) ?? 0;
}

function asBlocks(content: string | readonly Anthropic.ContentBlock[]) {
  return typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
}

function convertSystem(blocks: readonly Anthropic.ContentBlock[]): OpenAI.Message | undefined {
  const content = joinTexts(blocks.map((block) => block.type === "text" ? clean(block.text) : ""));
  return content === "" ? undefined : { role: "system", content };
}

function convertUser(
  blocks: readonly Anthropic.ContentBlock[],
  options: MessageOptions,
): OpenAI.UserMessage | undefined {
  const parts = blocks.map((block) => convertBlock(block, options)).filter((part) => part !== "");
  if (parts.length === 0) return undefined;
  if (parts.every((part) => typeof part === "string")) {
    return { role: "user", content: joinTexts(parts) };
  }
  return { role: "user", content: parts.map(asPart) };
}

function convertAssistant(
  blocks: readonly Anthropic.ContentBlock[],
  options: MessageOptions,
): OpenAI.AssistantMessage | undefined {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const carry: unknown[] = [];
  const calls: OpenAI.ToolCall[] = [];
  for (const block of blocks) {
    if (block.type === "thinking") {
      const state = decodeSignature(block.signature);
      if (state?.provider !== options.provider) continue;
      thoughts.push(clean(block.thinking || state.text || ""));
      carry.push(...state.carry ?? []);
    } else if (block.type === "tool_use") {
      calls.push(convertCall(block, options.provider));
    } else {
      const text = convertBlock(block, { ...options, vision: false, files: false });
      if (typeof text === "string") texts.push(text);
    }
  }
  const content = joinTexts(texts);
  const reasoning = joinTexts(thoughts);
  if (content === "" && calls.length === 0) return undefined;
  return {
    role: "assistant",
    content: content === "" ? null : content,
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...(reasoning !== "" ? { reasoning_content: reasoning } : {}),
    ...(carry.length > 0 ? { carry } : {}),
  };
}

function convertCall(block: Anthropic.ToolUseBlock, provider: string): OpenAI.ToolCall {
  const state = decodeCallId(block.id);
  const carry = state?.provider === provider ? state.carry : undefined;
  return {
    id: toUpstreamId(block.id, provider),
    type: "function",
    function: { name: toUpstreamName(block.name), arguments: toArguments(block.input) },
    ...(carry !== undefined ? { carry } : {}),
  };
}

/** What the client could not parse comes back in a wrapper, and goes on as it was (section 5.2). */
function toArguments(input: Readonly<Record<string, unknown>> | undefined): string {
  const unparsed = input?.["__unparsedToolInput"] as { raw?: unknown } | undefined;
  if (typeof unparsed?.raw === "string") return clean(unparsed.raw);
  return JSON.stringify(input ?? {});
}

/** The provider's own id where the call is its own, else a legal one (Q84). */
function toUpstreamId(id: string, provider: string): string {
  const state = decodeCallId(id);
  return state?.provider === provider && state.id !== "" ? state.id : foreignCallId(id);
}

function convertResult(block: Anthropic.ToolResultBlock, options: MessageOptions) {
  const texts: string[] = [];
  const parts: OpenAI.ContentPart[] = [];
  for (const content of asBlocks(block.content ?? "")) {
    const converted = convertBlock(content, options);
    if (typeof converted === "string") texts.push(converted);
    else parts.push(converted);
  }
  if (parts.length > 0) texts.push("[The file follows in the next user message]");
  const text = joinTexts(texts) || "(no output)";
  return { text: block.is_error ? `Error: ${text}` : text, parts };
}

function noResult() {
  return { text: INTERRUPTED, parts: [] };
}

/** A result whose call is gone still says something: it becomes part of the user's turn. */
function orphan(block: Anthropic.ToolResultBlock): readonly Anthropic.ContentBlock[] {
  return [
    { type: "text", text: "[Result of an earlier tool call]" },
    ...asBlocks(block.content ?? ""),
  ];
}

/** User messages that meet because results were moved before them become one. */
function mergeUsers(messages: readonly OpenAI.Message[]): OpenAI.Message[] {
  const out: OpenAI.Message[] = [];
  for (const message of messages) {
    const previous = out.at(-1);
    if (message.role === "user" && previous?.role === "user" && Array.isArray(previous.content)) {
      out[out.length - 1] = {
        role: "user",
        content: [...previous.content, ...asParts(message.content)],
      };
    } else {
      out.push(message);
    }
  }
  return out;
}

function asParts(content: string | readonly OpenAI.ContentPart[]): readonly OpenAI.ContentPart[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

function asPart(part: string | OpenAI.ContentPart): OpenAI.ContentPart {
  return typeof part === "string" ? { type: "text", text: part } : part;
}

function joinTexts(texts: readonly string[]): string {
  return texts.filter((text) => text !== "").join("\n\n");
}
