import type { Event } from "../protocol/anthropic.ts";

/**
 * Takes the code fence off a text that should be bare JSON (A28). A structured answer is of no use before it is whole,
 * so each text waits for its end.
 */
export function unfence(): Transformer<Event, Event> {
  const texts = new Map<number, string>();
  return {
    transform(event, controller) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
        texts.set(event.index, (texts.get(event.index) ?? "") + event.delta.text);
        return;
      }
      const text = event.type === "content_block_stop" ? texts.get(event.index) : undefined;
      if (text !== undefined && event.type === "content_block_stop") {
        const delta = { type: "text_delta" as const, text: withoutFence(text) };
        controller.enqueue({ type: "content_block_delta", index: event.index, delta });
      }
      controller.enqueue(event);
    },
  };
}

function withoutFence(text: string): string {
  return /^\s*```(?:json)?\s*\n?(.*?)\s*```\s*$/is.exec(text)?.[1] ?? text;
}
