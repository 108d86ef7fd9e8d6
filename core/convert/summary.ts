import type { ClientHeaders } from "../contract.ts";
import type { Request } from "../protocol/anthropic.ts";
import { textOf } from "./content.ts";

/**
 * The request, without leave to call a tool where it asks for a summary of the conversation: a call in its place ends the
 * session (section 2.7). It is known by its header, or where the client sends none by its sentence.
 */
export function withoutCallsInSummary(request: Request, headers: ClientHeaders): Request {
  const summarizes = headers.has("x-claude-code-compaction") || asksForText(request);
  return summarizes ? { ...request, tool_choice: { type: "none" } } : request;
}

function asksForText({ messages }: Request): boolean {
  const last = messages.findLast(({ role }) => role === "user")?.content ?? "";
  const text = typeof last === "string" ? last : textOf(last.at(-1));
  return text.trimStart().startsWith("CRITICAL: Respond with TEXT ONLY");
}
