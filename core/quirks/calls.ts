/** How a provider wants earlier calls of tools, and their results. */
import { createHash } from "node:crypto";
import type { OpenAI } from "../contract.ts";
import { repairObject } from "../convert/arguments.ts";
import { eachAssistant } from "./each.ts";

/** For providers that want to be told which tool a result is of (Q55, Q67). */
export function nameResults(body: OpenAI.Request): OpenAI.Request {
  const names = new Map<string, string>();
  const messages = body.messages.map((message): OpenAI.Message => {
    if (message.role === "assistant") {
      for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name);
    }
    const name = message.role === "tool" ? names.get(message.tool_call_id) : undefined;
    return name === undefined ? message : { ...message, name } as OpenAI.ToolMessage;
  });
  return { ...body, messages };
}

/**
 * For providers with a rule for the ids of calls (Q84): an id that breaks it becomes `length` letters and digits, the
 * same ones each time.
 */
export function legalIds(body: OpenAI.Request, legal: RegExp, length: number): OpenAI.Request {
  function mend(id: string): string {
    if (legal.test(id)) return id;
    const digits = BigInt(`0x${createHash("sha256").update(id).digest("hex")}`).toString(36);
    return digits.slice(-length);
  }
  const messages = body.messages.map((message): OpenAI.Message => {
    if (message.role === "tool") return { ...message, tool_call_id: mend(message.tool_call_id) };
    if (message.role !== "assistant" || message.tool_calls === undefined) return message;
    const tool_calls = message.tool_calls.map((call) => ({ ...call, id: mend(call.id) }));
    return { ...message, tool_calls };
  });
  return { ...body, messages };
}

/** For servers that parse the arguments of earlier calls: what is no JSON object becomes one (Q73). */
export function argumentsAsObjects(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, (message) => {
    if (message.tool_calls === undefined) return message;
    const tool_calls = message.tool_calls.map((call) => {
      const { arguments: text, ...rest } = call.function;
      const object = repairObject(text) ?? JSON.stringify({ input: text });
      return object === text ? call : { ...call, function: { ...rest, arguments: object } };
    });
    return { ...message, tool_calls };
  });
}
