import type * as Anthropic from "../protocol/anthropic.ts";
import type * as OpenAI from "../protocol/openai.ts";
import { clean, type ContentOptions, convertBlock, flat } from "./content.ts";
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
  /** By the ids that the client knows. */
  let open: ReadonlyMap<string, OpenAI.ToolCall> = new Map();
  let results = new Map<string, Anthropic.ToolResultBlock>();
  let waiting: OpenAI.Message[] = [];
  const forgetful = forgetBefore(messages, options.keepThinking);

  /** Writes the results of the open calls, then what waited for them. */
  function settle() {
    const media: OpenAI.ContentPart[] = [];
    for (const [asked, { id }] of open) {
      const result = results.get(asked);
      const { text, parts } = result ? convertResult(result, options) : noResult();
      out.push({ role: "tool", tool_call_id: id, content: text });
      media.push(...parts);
    }
    if (media.length > 0) waiting.unshift({ role: "user", content: media });
    out.push(...mergeUsers(waiting));
    open = new Map();
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
      open = convertCalls(blocks, options.provider);
      const assistant = convertAssistant(kept, [...open.values()], options);
      if (assistant !== undefined) out.push(assistant);
      continue;
    }
    const rest: Anthropic.ContentBlock[] = [];
    for (const block of blocks) {
      if (block.type !== "tool_result") {
        rest.push(block);
        continue;
      }
      const id = block.tool_use_id;
      if (open.has(id)) {
        if (!results.has(id)) results.set(id, block);
      } else {
        rest.push(...orphan(block));
      }
    }
    const converted = message.role === "system" ? convertSystem(rest) : convertUser(rest, options);
    if (converted !== undefined) waiting.push(converted);
    if (results.size === open.size) settle();
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
  calls: readonly OpenAI.ToolCall[],
  options: MessageOptions,
): OpenAI.AssistantMessage | undefined {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const carry: unknown[] = [];
  for (const block of blocks) {
    if (block.type === "thinking") {
      const state = decodeSignature(block.signature);
      if (state?.provider !== options.provider) continue;
      thoughts.push(clean(block.thinking || state.text || ""));
      carry.push(...state.carry ?? []);
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

/** Two calls of one id are one to the client. Two that the provider gave one id are two, and need two. */
function convertCalls(
  blocks: readonly Anthropic.ContentBlock[],
  provider: string,
): ReadonlyMap<string, OpenAI.ToolCall> {
  const calls = new Map<string, OpenAI.ToolCall>();
  const used = new Set<string>();
  for (const block of blocks) {
    if (block.type !== "tool_use" || calls.has(block.id)) continue;
    const state = decodeCallId(block.id);
    const own = toUpstreamId(block.id, provider);
    const id = used.has(own) ? foreignCallId(block.id) : own;
    const carry = state?.provider === provider ? state.carry : undefined;
    used.add(id);
    calls.set(block.id, {
      id,
      type: "function",
      function: { name: toUpstreamName(block.name), arguments: toArguments(block.input) },
      ...(carry !== undefined ? { carry } : {}),
    });
  }
  return calls;
}

/** What the client could not parse comes back in a wrapper, and goes on as the model wrote it (section 5.2). */
function toArguments(input: Readonly<Record<string, unknown>> | undefined): string {
  const unparsed = input?.["__unparsedToolInput"] as { raw?: unknown } | undefined;
  if (typeof unparsed?.raw === "string") return clean(unparsed.raw);
  return JSON.stringify(input ?? {}, wholeCharacters);
}

function wholeCharacters(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
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
  return { text: block.is_error ? flat("Error: ", text) : text, parts };
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
