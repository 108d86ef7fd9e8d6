import type { OpenAI } from "../contract.ts";

/** From this length on, a text that begins with all that came before is that text grown, not a new piece. */
const CUMULATIVE_FROM = 16;

/**
 * A stream stage for providers whose deltas are sometimes the whole text so far (Q11). Each field is watched on its own.
 * A text that repeats only a few letters could still be a piece ("a", "and"): it waits for the next one to tell.
 */
export function increments(
  fields: readonly string[] = ["content", "reasoning_content", "reasoning"],
): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  const watches = new Map(fields.map((field) => [field, new Watch()]));
  return {
    transform(chunk, controller) {
      const [choice, ...others] = chunk.choices;
      if (choice === undefined) return controller.enqueue(chunk);
      const delta: Record<string, unknown> = { ...choice.delta };
      for (const [field, watch] of watches) {
        const text = delta[field];
        const piece = typeof text === "string" && text !== "" ? watch.take(text) : watch.rest();
        if (piece !== "" || typeof text === "string") delta[field] = piece;
      }
      controller.enqueue({ ...chunk, choices: [{ ...choice, delta }, ...others] });
    },
    flush(controller) {
      for (const [field, watch] of watches) {
        const piece = watch.rest();
        if (piece !== "") controller.enqueue({ choices: [{ delta: { [field]: piece } }] });
      }
    },
  };
}

class Watch {
  #known = "";
  #cumulative = false;
  #doubtful = "";

  /** The new part of a text. */
  take(text: string): string {
    const doubtful = this.#doubtful;
    if (doubtful !== "") {
      this.#doubtful = "";
      this.#cumulative = text.startsWith(doubtful) && text.length > doubtful.length;
      if (!this.#cumulative) return this.#piece(doubtful) + this.take(text);
    }
    const grown = this.#known !== "" && text.startsWith(this.#known);
    if (grown && this.#known.length >= CUMULATIVE_FROM) this.#cumulative = true;
    if (!grown) return this.#piece(text);
    if (!this.#cumulative) {
      this.#doubtful = text;
      return "";
    }
    const piece = text.slice(this.#known.length);
    this.#known = text;
    return piece;
  }

  /** What waited, when no more text comes to tell. */
  rest(): string {
    const piece = this.#doubtful;
    this.#doubtful = "";
    return this.#piece(piece);
  }

  #piece(text: string): string {
    this.#known += text;
    return text;
  }
}
