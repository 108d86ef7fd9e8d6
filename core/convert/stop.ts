import type { Event, MessageDelta } from "../protocol/anthropic.ts";
import { overlap } from "./overlap.ts";

/**
 * Cuts the text at the first stop sequence, for upstreams that ignore `stop` (section 3.4): nothing after it is sent,
 * and the answer says which sequence it was. What might be the beginning of one waits until it is known.
 */
export function stopAt(sequences: readonly string[]): Transformer<Event, Event> {
  let held = "";
  let openText: number | undefined;
  let stoppedBy: string | undefined;

  /** The text that is surely not part of a stop sequence. */
  function take(text: string): string {
    const whole = held + text;
    const found = sequences
      .map((sequence) => ({ sequence, at: whole.indexOf(sequence) }))
      .filter(({ at }) => at >= 0)
      .sort((one, other) => one.at - other.at)[0];
    if (found !== undefined) {
      stoppedBy = found.sequence;
      held = "";
      return whole.slice(0, found.at);
    }
    const keep = Math.max(...sequences.map((sequence) => overlap(whole, sequence)));
    held = whole.slice(whole.length - keep);
    return whole.slice(0, whole.length - keep);
  }

  return {
    transform(event, controller) {
      const sendText = (index: number, text: string) => {
        if (text === "") return;
        controller.enqueue({
          type: "content_block_delta",
          index,
          delta: { type: "text_delta", text },
        });
      };
      if (event.type === "message_delta" && stoppedBy !== undefined) {
        const delta: MessageDelta = {
          ...event.delta,
          stop_reason: "stop_sequence",
          stop_sequence: stoppedBy,
        };
        controller.enqueue({ ...event, delta });
        return;
      }
      const ofBlock = event.type.startsWith("content_block");
      if (stoppedBy !== undefined && ofBlock) return;
      if (event.type === "content_block_start" && event.content_block.type === "text") {
        openText = event.index;
      }
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
        sendText(event.index, take(event.delta.text));
        if (stoppedBy !== undefined) {
          controller.enqueue({ type: "content_block_stop", index: event.index });
        }
        return;
      }
      if (event.type === "content_block_stop" && event.index === openText) {
        sendText(event.index, held);
        held = "";
      }
      controller.enqueue(event);
    },
  };
}
