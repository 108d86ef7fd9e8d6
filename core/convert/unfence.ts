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

/** Not by one pattern: at a long run of white space, which some models do not end, it would try every cut of it. */
function withoutFence(text: string): string {
  const fenced = text.trim();
  const start = /^```(?:json)?/i.exec(fenced)?.[0].length ?? 0;
  if (start === 0 || fenced.length < start + 3 || !fenced.endsWith("```")) return text;
  return fenced.slice(start, -3).trim();
}
