/** What the tests read off a request that the upstream received. */
import type {
  Answer,
  ChatBody,
  ChatMessage,
  Received,
  ScriptedCall,
} from "../../support/scripted_upstream.ts";

export function bash(id: string, command: string): ScriptedCall {
  return { id, name: "Bash", input: { command, description: "Runs the test's command" } };
}

/** A turn that thinks, speaks, and makes two calls at once: it runs a command, and looks at pixel.png. */
export function listenAndLook(): Answer {
  return {
    reasoning: "Both at once.",
    text: "I look.",
    calls: [
      bash("call_echo_1", "echo heard"),
      { id: "call_image", name: "Read", input: { file_path: "pixel.png" } },
    ],
  };
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
