import type { Facts, OpenAI } from "../contract.ts";

/** One thing learned from a refusal. */
export interface Lesson {
  /** What is done from now on, as the end of a sentence: "does not send top_p". Names the lesson, too. */
  readonly says: string;
  /** What it says of the model. */
  readonly facts?: Facts;
  change?(body: OpenAI.Request): OpenAI.Request;
  /** The change is for this request only. */
  readonly once?: boolean;
}

/** A wording, and the lesson of it; undefined where the body at hand cannot be mended by it. */
export type Cure = readonly [
  RegExp,
  (match: RegExpExecArray, body: OpenAI.Request) => Lesson | undefined,
];

/** Words of a refusal, as against those of a fault. */
export const REFUSED =
  /not (?:be )?(?:supported|permitted|allowed|accepted)|unsupported|unknown|unrecognized|unexpected|invalid|extra|does(?:n't| not) support|only (?:the default|supported)|forbidden/i;
