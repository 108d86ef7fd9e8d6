/** An answer of a model, and the habits with which a provider says it (quirks A, B, D). */
import type { OpenAI } from "../../core/contract.ts";

export interface Answer {
  readonly reasoning: string;
  readonly text: string;
  readonly calls: readonly AnswerCall[];
  readonly finish: string;
  readonly usage: OpenAI.Usage | undefined;
}

export interface AnswerCall {
  readonly id: string;
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** How a provider says things. Each field is one of its habits. */
export interface Shape {
  readonly preamble: "none" | "empty choices" | "role" | "role and empty content";
  readonly reasoning:
    | "reasoning_content"
    | "reasoning"
    | "reasoning_text"
    | "twice"
    | "parts"
    | "tags";
  readonly content: "string" | "parts";
  /** What stands in `content` beside reasoning and calls. */
  readonly beside: "absent" | "empty" | "null";
  readonly index: "own" | "gaps" | "none" | "all zero";
  readonly id: "first" | "every" | "then empty" | "then null" | "late" | "changing" | "missing";
  readonly name: "first" | "every" | "late" | "then empty" | "then null";
  readonly arguments:
    | "whole"
    | "split"
    | "object"
    | "null first"
    | "empty first"
    | "cumulative"
    | "placeholder first"
    | "double encoded"
    | "fenced"
    | "pretty";
  /** How many pieces each text is cut into, more or less. */
  readonly pieces: number;
  readonly interleaved: boolean;
  /** Deltas of calls in one chunk. */
  readonly perChunk: number;
  readonly noise: "absent" | "null" | "empty";
  readonly finish: "own chunk" | "with the last words" | "twice" | "summary";
  readonly usage: "finish" | "late" | "late null" | "late with a choice" | "every chunk";
  readonly done: boolean;
}
