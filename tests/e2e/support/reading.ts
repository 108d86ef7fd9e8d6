/** What the tests read off a request that the upstream received. */
import type {
  ChatBody,
  ChatMessage,
  Received,
  ScriptedCall,
} from "../../support/scripted_upstream.ts";

export function bash(id: string, command: string): ScriptedCall {
  return { id, name: "Bash", input: { command, description: "Runs the test's command" } };
}

export function bodies(received: readonly Received[]): ChatBody[] {
  return received.map(({ body }) => body);
}

export function toolNames({ tools = [] }: ChatBody): string[] {
  return tools.map((tool) => tool.function.name);
}

/** The contents of the messages of one role, as text. */
export function texts({ messages }: ChatBody, role: ChatMessage["role"]): string[] {
  return messages.filter((message) => message.role === role)
    .map(({ content }) => typeof content === "string" ? content : JSON.stringify(content));
}

/** The messages that a request has more than the one before it. */
export function added(before: ChatBody | undefined, after: ChatBody | undefined): ChatMessage[] {
  return after?.messages.slice(before?.messages.length) ?? [];
}
