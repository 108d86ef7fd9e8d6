import { countTokens } from "./convert/tokens.ts";
import type * as OpenAI from "./protocol/openai.ts";
import { Recent } from "./recent.ts";

/** What the provider said of the last answer of a model. */
interface Lesson {
  readonly guess: number;
  /** Tokens of the prompt, as the provider counted them. */
  readonly actual: number;
  readonly body: OpenAI.Request;
  tokens?: Promise<number>;
}

/** Below this a prompt is mostly the provider's own template, and teaches nothing about text. */
const TEACHES_FROM = 500;

/** A count further from the guess than this, either way, is a provider's mistake, and would mislead the client. */
const MOST_OFF = 4;

/** Models that are remembered, each with its last prompt. */
const MOST_MODELS = 32;

/**
 * Tokens of a prompt before the provider has counted it. Both a guess from the length and a count by OpenAI's tokenizer
 * are corrected by what the provider said of the model's last prompt: one turn is mostly the one before.
 */
export class Meter {
  readonly #lessons = new Recent<string, Lesson>(MOST_MODELS);

  /** A guess, corrected; costs nothing, so that each answer can begin with it. */
  estimate(model: string, guess: number): number {
    const lesson = this.#lessons.get(model);
    return lesson === undefined ? guess : Math.round(guess * lesson.actual / lesson.guess);
  }

  /** Takes what the provider counted for a body whose guess was `guess`. */
  learn(model: string, lesson: { guess: number; actual: number; body: OpenAI.Request }): void {
    const ratio = lesson.actual / lesson.guess;
    const credible = ratio < MOST_OFF && ratio > 1 / MOST_OFF;
    if (lesson.guess >= TEACHES_FROM && credible) this.#lessons.set(model, lesson);
  }

  /** A count by the tokenizer, corrected; the tokenizer is loaded and the last prompt counted when first asked. */
  async count(body: OpenAI.Request): Promise<number> {
    const tokens = await countTokens(body);
    const lesson = this.#lessons.get(body.model);
    if (lesson === undefined) return tokens;
    lesson.tokens ??= countTokens(lesson.body);
    return Math.round(tokens * lesson.actual / await lesson.tokens);
  }
}
