import type { Event } from "../protocol/anthropic.ts";

/**
 * Leaves out text blocks in which nothing is left (A7), and closes the gap in the numbers. The start of a text waits
 * until it says something.
 */
export function withoutBlankTexts(): Transformer<Event, Event> {
  let held: Event[] = [];
  let dropped = 0;
  return {
    transform(event, controller) {
      if (event.type === "content_block_start" && event.content_block.type === "text") {
        held = [event];
        return;
      }
      if (held.length > 0 && event.type === "content_block_stop") {
        held = [];
        dropped++;
        return;
      }
      if (held.length > 0 && event.type === "content_block_delta") {
        held.push(event);
        if (event.delta.type === "text_delta" && event.delta.text.trim() === "") return;
        for (const waiting of held) controller.enqueue(renumber(waiting, dropped));
        held = [];
        return;
      }
      controller.enqueue(renumber(event, dropped));
    },
  };
}

function renumber(event: Event, dropped: number): Event {
  return dropped > 0 && "index" in event ? { ...event, index: event.index - dropped } : event;
}
