/** Which messages and choices a provider takes, and in what order: words for adapters, as in quirks.ts. */
import { createHash } from "node:crypto";
import type { OpenAI } from "./contract.ts";
import { eachAssistant, omit } from "./quirks.ts";

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

/** For providers where the last word must be the user's or a tool's (Q66, Q67, Q102): the model is asked to go on. */
export function endsWithUser(body: OpenAI.Request): OpenAI.Request {
  if (body.messages.at(-1)?.role !== "assistant") return body;
  return { ...body, messages: [...body.messages, { role: "user", content: "Continue." }] };
}

/** For providers where tools cannot be forbidden (Q89): there are none, then. */
export function withoutForbiddenTools(body: OpenAI.Request): OpenAI.Request {
  return body.tool_choice === "none"
    ? omit(body, "tools", "tool_choice", "parallel_tool_calls")
    : body;
}

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

/** For providers that fetch nothing: an image that is only an address becomes a note (Q105). */
export function inlineImagesOnly(body: OpenAI.Request): OpenAI.Request {
  return eachPart(
    body,
    (part) =>
      part.type === "image_url" && !part.image_url.url.startsWith("data:")
        ? { type: "text", text: `[image: ${part.image_url.url}]` }
        : part,
  );
}

/** For providers that take only so many images: the oldest become notes (Q67). */
export function latestImages(body: OpenAI.Request, most: number): OpenAI.Request {
  let surplus = -most;
  eachPart(body, (part) => {
    if (part.type === "image_url") surplus++;
    return part;
  });
  return surplus <= 0
    ? body
    : eachPart(body, (part) =>
      part.type === "image_url" && surplus-- > 0
        ? { type: "text", text: `[image omitted: only the last ${most} are shown]` }
        : part);
}

function eachPart(
  body: OpenAI.Request,
  change: (part: OpenAI.ContentPart) => OpenAI.ContentPart,
): OpenAI.Request {
  const messages = body.messages.map((message): OpenAI.Message =>
    message.role === "user" && typeof message.content !== "string"
      ? { ...message, content: message.content.map(change) }
      : message
  );
  return { ...body, messages };
}
