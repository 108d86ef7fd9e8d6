/** Words that change each of something: messages of a request, chunks of an answer. */
import type { OpenAI } from "../contract.ts";
import { drive, type Sink } from "../stream/drive.ts";

/** Changes each message of a request. */
export function eachMessage(
  body: OpenAI.Request,
  change: (message: OpenAI.Message) => OpenAI.Message,
): OpenAI.Request {
  return { ...body, messages: body.messages.map(change) };
}

/** Changes each assistant message of a request. */
export function eachAssistant(
  body: OpenAI.Request,
  change: (message: OpenAI.AssistantMessage) => OpenAI.AssistantMessage,
): OpenAI.Request {
  return eachMessage(body, (message) => message.role === "assistant" ? change(message) : message);
}

/** A stream hook that changes each chunk. */
export function eachChunk(
  change: (chunk: OpenAI.Chunk) => OpenAI.Chunk,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return () => ({
    transform(chunk, controller) {
      controller.enqueue(change(chunk));
    },
  });
}

/** A stream hook that changes each delta; in a whole answer, the message. */
export function eachDelta(
  change: (delta: OpenAI.MessageDelta) => OpenAI.MessageDelta,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChoice((choice) => ({ ...choice, delta: change(choice.delta) }));
}

/** A stream hook that changes each report of usage (Q110). */
export function eachUsage(
  change: (usage: OpenAI.Usage) => OpenAI.Usage,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChunk((chunk) => chunk.usage ? { ...chunk, usage: change(chunk.usage) } : chunk);
}

/** A stream hook that changes each finish reason (Q111). */
export function eachFinish(
  change: (reason: string) => string,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChoice((choice) =>
    choice.finish_reason ? { ...choice, finish_reason: change(choice.finish_reason) } : choice
  );
}

function eachChoice(
  change: (choice: OpenAI.Choice) => OpenAI.Choice,
): () => Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  return eachChunk((chunk) => ({ ...chunk, choices: chunk.choices.map(change) }));
}

/**
 * Several transformers as one, the first first. They must be synchronous. What one makes is handed to the next at once:
 * lists between them cost 0.1 us a delta.
 */
export function inSequence<Item>(
  ...transformers: readonly Transformer<Item, Item>[]
): Transformer<Item, Item> {
  let outlet: TransformStreamDefaultController<Item> | undefined;
  let next: Sink<Item> = { push: (item) => outlet?.enqueue(item) };
  const closings: (() => void)[] = [];
  for (const transformer of transformers.toReversed()) {
    const stage = drive(transformer);
    const sink = next;
    closings.unshift(() => stage.close(sink));
    next = { push: (item) => stage.write(item, sink) };
  }
  return {
    transform(item, controller) {
      outlet = controller;
      next.push(item);
    },
    flush(controller) {
      outlet = controller;
      for (const close of closings) close();
    },
  };
}
