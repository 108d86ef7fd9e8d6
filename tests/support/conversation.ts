/** A client that talks to an assembled program as Claude Code does, and keeps the history. */
import assert from "node:assert/strict";
import { assemble, type Program } from "../../core/assemble.ts";
import { parseConfig } from "../../core/config.ts";
import { toMessage } from "../../core/convert/message.ts";
import type { Anthropic, ProviderAdapter } from "../../core/mod.ts";

/** The program with these adapters, the chosen one pointed at a base URL. */
export function start(
  providers: Readonly<Record<string, ProviderAdapter>>,
  provider: string,
  baseUrl: string,
): Program {
  const config = parseConfig({ PROVIDER: provider, OPENAI_BASE_URL: baseUrl });
  return assemble(config, { providers, plugins: [], version: "0.0.0" });
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  /** The body of an error, or the events of a stream, or the message as one of both. */
  readonly events: readonly Anthropic.Event[];
  readonly message?: Anthropic.Message;
}

/** Sends one request. A stream is read to its end. */
export async function post(program: Program, request: Anthropic.Request): Promise<Answered> {
  const response = await program.serve(
    new Request("http://127.0.0.1/v1/messages?beta=true", {
      method: "POST",
      headers: { "content-type": "application/json", "x-claude-code-session-id": "session-1" },
      body: JSON.stringify(request),
    }),
    { address: "127.0.0.1" },
  );
  const text = await response.text();
  const { status, headers } = response;
  if (!headers.get("content-type")?.includes("event-stream")) {
    const value = JSON.parse(text);
    return status === 200
      ? { status, headers, events: [], message: value }
      : { status, headers, events: [value] };
  }
  const events = text.split("\n").filter((line) => line.startsWith("data: "))
    .map((line): Anthropic.Event => JSON.parse(line.slice("data: ".length)));
  const whole = events.at(-1)?.type === "message_stop";
  return { status, headers, events, ...(whole ? { message: toMessage(events) } : {}) };
}

/** A history that grows with each question and answer. */
export class Conversation {
  messages: Anthropic.MessageParam[] = [];

  constructor(public program: Program, readonly base: Omit<Anthropic.Request, "messages">) {}

  /** Asks, and keeps the answer. */
  ask(content: Anthropic.MessageParam["content"]): Promise<Anthropic.Message> {
    this.messages.push({ role: "user", content });
    return this.go();
  }

  /** Answers all calls of the last message with the same content, says more if there is more, and asks on. */
  reply(
    last: Anthropic.Message,
    more: readonly Anthropic.ContentBlock[] = [],
    content: Anthropic.ToolResultBlock["content"] = "done",
  ): Promise<Anthropic.Message> {
    return this.ask([...resultsOf(last, content), ...more]);
  }

  /** Sends the history as it is, and keeps the answer. Fails where there is none. */
  async go(): Promise<Anthropic.Message> {
    const answered = await post(this.program, { ...this.base, messages: this.messages });
    const { message } = answered;
    assert.ok(message, `no answer: ${JSON.stringify(answered.events.at(-1))}`);
    this.messages.push({ role: "assistant", content: message.content });
    return message;
  }
}

export function resultsOf(
  message: Anthropic.Message,
  content: Anthropic.ToolResultBlock["content"] = "done",
): Anthropic.ToolResultBlock[] {
  return callsOf(message).map(({ id }) => ({
    type: "tool_result",
    tool_use_id: id,
    content: content ?? null,
  }));
}

export function textsOf({ content }: Anthropic.Message): string[] {
  return content.flatMap((block) => block.type === "text" ? [block.text] : []);
}

export function thinkingOf({ content }: Anthropic.Message): string {
  return content.map((block) => block.type === "thinking" ? block.thinking : "").join("");
}

export function callsOf(message: Anthropic.Message): Anthropic.ToolUseBlock[] {
  return message.content.filter((block) => block.type === "tool_use");
}

/** What two answers to the same question must share: all but what is made up for each. */
export function comparable(message: Anthropic.Message): unknown {
  const content = message.content.map((block, index) =>
    block.type === "tool_use" ? { ...block, id: index } : block
  );
  return { ...message, id: "", content };
}
