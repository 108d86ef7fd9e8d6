/** Which turns a provider takes, and in what order. */
import type { OpenAI } from "../contract.ts";
import { flat } from "../convert/content.ts";
import { eachAssistant } from "./each.ts";
import { omit } from "./fields.ts";

/**
 * For providers that take a system message only at the start: later ones become user text in place, as the client
 * itself writes them (A30). Never hoisted: that would break the provider's prefix cache.
 */
export function systemFirst(body: OpenAI.Request): OpenAI.Request {
  const [first, ...rest] = body.messages;
  if (first === undefined) return body;
  return { ...body, messages: [first, ...rest.map(asReminder)] };
}

/** For providers and templates that want roles to alternate: neighbouring user messages become one (Q103). */
export function mergeUsers(body: OpenAI.Request): OpenAI.Request {
  const messages: OpenAI.Message[] = [];
  for (const message of body.messages) {
    const previous = messages.at(-1);
    if (message.role === "user" && previous?.role === "user") {
      messages[messages.length - 1] = {
        role: "user",
        content: joinContent(previous.content, message.content),
      };
    } else {
      messages.push(message);
    }
  }
  return { ...body, messages };
}

/**
 * For providers where a user's turn ends the thinking: text that the client put beside tool results joins the last
 * result, so that the model goes on with what it thought (Q23). Images stay a turn of their own. Comes after
 * `systemFirst`.
 */
export function mergeIntoResults(body: OpenAI.Request): OpenAI.Request {
  const messages: OpenAI.Message[] = [];
  for (const message of body.messages) {
    const previous = messages.at(-1);
    const text = message.role === "user" && typeof message.content === "string";
    if (text && previous?.role === "tool") {
      const content = `${previous.content}\n\n${message.content}`;
      messages[messages.length - 1] = { ...previous, content };
    } else {
      messages.push(message);
    }
  }
  return { ...body, messages };
}

/** For providers where the last word must be the user's or a tool's (Q66, Q67, Q102): the model is asked to go on. */
export function endsWithUser(body: OpenAI.Request): OpenAI.Request {
  if (body.messages.at(-1)?.role !== "assistant") return body;
  return { ...body, messages: [...body.messages, { role: "user", content: "Continue." }] };
}

/**
 * For providers that refuse a turn without its thinking, where another model made the turn or the client forgot it
 * (Q22): `filler` stands in its place. `everywhere`: in turns without calls too.
 */
export function backfillReasoning(
  body: OpenAI.Request,
  filler: string,
  { everywhere = false } = {},
): OpenAI.Request {
  return eachAssistant(
    body,
    (message) =>
      message.reasoning_content === undefined && (everywhere || message.tool_calls !== undefined)
        ? { ...message, reasoning_content: filler }
        : message,
  );
}

/** For providers that refuse to see their own thinking again, or have no use for it (Q21). */
export function withoutReasoning(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, (message) => omit(message, "reasoning_content"));
}

function asReminder(message: OpenAI.Message): OpenAI.Message {
  if (message.role !== "system") return message;
  const content = flat("<system-reminder>\n", message.content, "\n</system-reminder>");
  return { role: "user", content };
}

type UserContent = OpenAI.UserMessage["content"];

function joinContent(one: UserContent, other: UserContent): UserContent {
  if (typeof one === "string" && typeof other === "string") return `${one}\n\n${other}`;
  const parts = (content: UserContent) =>
    typeof content === "string" ? [{ type: "text" as const, text: content }] : content;
  return [...parts(one), ...parts(other)];
}
