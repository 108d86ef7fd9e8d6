import type { Choice, Chunk, MessageDelta } from "../protocol/openai.ts";
import { overlap } from "./overlap.ts";

const TAGS = ["think", "thinking", "thought", "reasoning"];
const OPEN = new RegExp(`^\\s*<(${TAGS.join("|")})>`);
const MAYBE_OPEN = longestPrefixTest(TAGS.map((tag) => `<${tag}>`));

/** Characters in which an opening tag must have come: some models write white space without end. */
const LONGEST_START = 1_000;

export interface ThinkTagsOptions {
  /** The model's template writes the opening tag itself, so the answer begins inside the thinking (Q27). */
  readonly openedByTemplate?: boolean;
}

/**
 * Moves thinking that stands in the content, between `<think>` tags at its start, to `reasoning_content` (Q27). A tag
 * later on is text: code may hold one. Tags may be cut anywhere; thinking that is never closed stays thinking.
 */
export function thinkTags(
  { openedByTemplate = false }: ThinkTagsOptions = {},
): Transformer<Chunk, Chunk> {
  let place: "start" | "thinking" | "text" = openedByTemplate ? "thinking" : "start";
  let tag = "think";
  let held = "";
  let trimming = false;

  function split(content: string): { thinking: string; text: string } {
    let rest = held + content;
    held = "";
    let thinking = "";
    if (place === "start") {
      const open = OPEN.exec(rest.slice(0, LONGEST_START));
      if (open !== null) {
        tag = open[1] ?? tag;
        place = "thinking";
        rest = rest.slice(open[0].length);
      } else if (rest.length < LONGEST_START && MAYBE_OPEN(rest.trimStart())) {
        held = rest;
        return { thinking, text: "" };
      } else {
        place = "text";
      }
    }
    if (place === "thinking") {
      const close = `</${tag}>`;
      const end = rest.indexOf(close);
      if (end < 0) {
        const keep = overlap(rest, close);
        held = rest.slice(rest.length - keep);
        return { thinking: rest.slice(0, rest.length - keep), text: "" };
      }
      thinking = rest.slice(0, end);
      rest = rest.slice(end + close.length);
      place = "text";
      trimming = true;
    }
    if (trimming) {
      rest = rest.trimStart();
      trimming = rest === "";
    }
    return { thinking, text: rest };
  }

  /** What was held back because a tag could follow, where none can any more. */
  function release(): { thinking: string; text: string } {
    const rest = held;
    held = "";
    if (place === "thinking") return { thinking: rest, text: "" };
    place = "text";
    return { thinking: "", text: rest };
  }

  return {
    transform(chunk, controller) {
      if (place === "text" && !trimming) return controller.enqueue(chunk);
      const [choice, ...others] = chunk.choices;
      const delta = choice?.delta;
      const content = typeof delta?.content === "string" ? delta.content : "";
      const ends = held !== "" && choice !== undefined && endsContent(choice);
      if (choice === undefined || delta === undefined || (content === "" && !ends)) {
        controller.enqueue(chunk);
        return;
      }
      const { thinking, text } = split(content);
      const rest = endsContent(choice) ? release() : { thinking: "", text: "" };
      const mended = withSplit(delta, thinking + rest.thinking, text + rest.text);
      controller.enqueue({ ...chunk, choices: [{ ...choice, delta: mended }, ...others] });
    },
    flush(controller) {
      if (held === "") return;
      const { thinking, text } = release();
      controller.enqueue({ choices: [{ delta: withSplit({}, thinking, text) }] });
    },
  };
}

function withSplit(delta: MessageDelta, thinking: string, text: string): MessageDelta {
  if (thinking === "") return { ...delta, content: text };
  return { ...delta, content: text, reasoning_content: thinking };
}

/** Nothing that follows in the content can belong to what is held back: a call comes, or the end. */
function endsContent({ delta, finish_reason }: Choice): boolean {
  return Boolean(delta.tool_calls?.length || finish_reason);
}

function longestPrefixTest(tags: readonly string[]): (text: string) => boolean {
  return (text) => tags.some((tag) => tag.startsWith(text));
}
