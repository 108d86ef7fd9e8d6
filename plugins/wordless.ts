/** Answers that end well without a word to the user: the client would take them for the end of the turn (Q112). */
import { type Anthropic, asFlow, type Reply } from "../core/mod.ts";

/** Nothing at all, or thoughts only. */
export function isWordless({ content, stop_reason }: Anthropic.Message): boolean {
  return stop_reason === "end_turn" && content.every(({ type }) => isThought(type));
}

/**
 * Goes on with another answer, as the same message, where a stream ends after thoughts alone. They have been sent by
 * then, so they stay; the other answer comes in one piece.
 */
export function untilItSpeaks(
  again: () => Promise<Reply>,
): Transformer<Anthropic.Event, Anthropic.Event> {
  let blocks = 0;
  let speaks = false;
  /** Of the answer that is held back with its end. */
  let usage: Anthropic.Usage | undefined;
  return {
    transform(event, controller) {
      if (event.type === "content_block_start") {
        speaks ||= !isThought(event.content_block.type);
      } else if (event.type === "content_block_stop") {
        blocks = event.index + 1;
      } else if (
        !speaks && event.type === "message_delta" && event.delta.stop_reason === "end_turn"
      ) {
        usage = event.usage;
      }
      if (usage === undefined) controller.enqueue(event);
    },
    async flush(controller) {
      if (usage === undefined) return;
      const flow = asFlow(await again());
      for (let batch = await flow.pull(); batch !== undefined; batch = await flow.pull()) {
        for (const event of batch) {
          if (event.type !== "message_start") controller.enqueue(appended(event, blocks, usage));
        }
      }
    },
  };
}

/** An event of the second answer, as one of the first. */
function appended(event: Anthropic.Event, blocks: number, usage: Anthropic.Usage): Anthropic.Event {
  if ("index" in event) return { ...event, index: event.index + blocks };
  if (event.type !== "message_delta") return event;
  const output_tokens = event.usage.output_tokens + usage.output_tokens;
  return { ...event, usage: { ...event.usage, output_tokens } };
}

function isThought(type: string): boolean {
  return type === "thinking" || type === "redacted_thinking";
}
