import { ApiError } from "../errors.ts";
import type { ContentBlock, Delta, Event, Message } from "../protocol/anthropic.ts";
import type { EventFlow } from "../stream/flow.ts";
import { parseObject } from "../stream/json.ts";

/** The whole answer that a flow's events amount to: what Anthropic's SDK accumulates from the same stream. */
export async function collect(flow: EventFlow): Promise<Message> {
  const events: Event[] = [];
  for (let batch = await flow.pull(); batch !== undefined; batch = await flow.pull()) {
    for (const event of batch) events.push(event);
  }
  return toMessage(events);
}

/** Throws ApiError where the events hold an error, or no end. */
export function toMessage(events: readonly Event[]): Message {
  let message: Message | undefined;
  const content: ContentBlock[] = [];
  const inputs = new Map<number, string>();
  for (const event of events) {
    switch (event.type) {
      case "message_start":
        message = event.message;
        break;
      case "content_block_start":
        content[event.index] = event.content_block;
        break;
      case "content_block_delta": {
        const { delta, index } = event;
        const block = content[index];
        if (delta.type === "input_json_delta") {
          inputs.set(index, (inputs.get(index) ?? "") + delta.partial_json);
        } else if (block !== undefined) {
          content[index] = extend(block, delta);
        }
        break;
      }
      case "message_delta":
        if (message) message = { ...message, ...event.delta, usage: event.usage };
        break;
      case "error":
        throw new ApiError(502, event.error.message, { type: event.error.type });
    }
  }
  if (message === undefined) throw new ApiError(502, "The provider gave an empty answer");
  return {
    ...message,
    content: content.map((block, index) => withInput(block, inputs.get(index))),
  };
}

function extend(
  block: ContentBlock,
  delta: Exclude<Delta, { type: "input_json_delta" }>,
): ContentBlock {
  if (delta.type === "text_delta" && block.type === "text") {
    return { ...block, text: block.text + delta.text };
  }
  if (delta.type === "thinking_delta" && block.type === "thinking") {
    return { ...block, thinking: block.thinking + delta.thinking };
  }
  if (delta.type === "citations_delta" && block.type === "text") {
    return { ...block, citations: [...block.citations ?? [], delta.citation] };
  }
  if (delta.type === "signature_delta" && block.type === "thinking") {
    return { ...block, signature: delta.signature };
  }
  return block;
}

/** Input that is no JSON object is kept in the shape in which the client itself keeps it (section 5.2). */
function withInput(block: ContentBlock, json: string | undefined): ContentBlock {
  if (json === undefined || block.type !== "tool_use" && block.type !== "server_tool_use") {
    return block;
  }
  const input = parseObject(json) ?? { __unparsedToolInput: { raw: json, len: json.length } };
  return { ...block, input };
}

/** The events that a whole answer amounts to, for a client that asked for a stream. */
export function toEvents(message: Message): Event[] {
  const { content, stop_reason, stop_sequence, usage, safeguard_results, ...rest } = message;
  const start = { ...rest, content: [], stop_reason: null, stop_sequence: null, usage };
  const delta = {
    stop_reason,
    stop_sequence,
    ...(safeguard_results === undefined ? {} : { safeguard_results }),
  };
  return [
    { type: "message_start", message: start },
    ...content.flatMap(blockEvents),
    { type: "message_delta", delta, usage },
    { type: "message_stop" },
  ];
}

function blockEvents(block: ContentBlock, index: number): Event[] {
  const { start, deltas } = openBlock(block);
  return [
    { type: "content_block_start", index, content_block: start },
    ...deltas.map((delta): Event => ({ type: "content_block_delta", index, delta })),
    { type: "content_block_stop", index },
  ];
}

/** A block as it begins, and what fills it: only deltas count (section 0, rule 4). */
function openBlock(block: ContentBlock): { start: ContentBlock; deltas: Delta[] } {
  switch (block.type) {
    case "text": {
      const { citations, ...start } = block;
      return {
        start: { ...start, text: "" },
        deltas: [
          { type: "text_delta", text: block.text },
          ...(citations ?? []).map((citation): Delta => ({ type: "citations_delta", citation })),
        ],
      };
    }
    case "thinking":
      return {
        start: { ...block, thinking: "", signature: "" },
        deltas: [
          { type: "thinking_delta", thinking: block.thinking },
          { type: "signature_delta", signature: block.signature },
        ],
      };
    case "tool_use":
    case "server_tool_use":
      return {
        start: { ...block, input: {} },
        deltas: [{ type: "input_json_delta", partial_json: JSON.stringify(block.input) }],
      };
    default:
      return { start: block, deltas: [] };
  }
}
