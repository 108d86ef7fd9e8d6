import type { Event, Usage } from "../../core/protocol/anthropic.ts";
import { drive } from "../../core/stream/drive.ts";

const USAGE: Usage = {
  input_tokens: 1,
  output_tokens: 1,
  cache_read_input_tokens: 0,
  cache_creation_input_tokens: 0,
};

/** The events of an answer that is one text in pieces, after `transformer`. */
export function textStream(
  pieces: readonly string[],
  transformer: Transformer<Event, Event>,
): Event[] {
  const stage = drive(transformer);
  const out: Event[] = [];
  const events: Event[] = [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude",
        content: [],
        stop_reason: null,
        stop_sequence: null,
        usage: USAGE,
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    ...pieces.map((text): Event => ({
      type: "content_block_delta",
      index: 0,
      delta: { type: "text_delta", text },
    })),
    { type: "content_block_stop", index: 0 },
    {
      type: "message_delta",
      delta: { stop_reason: "end_turn", stop_sequence: null },
      usage: USAGE,
    },
    { type: "message_stop" },
  ];
  for (const event of events) stage.write(event, out);
  stage.close(out);
  return out;
}
