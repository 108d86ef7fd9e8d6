/** What Gemini's answers hold beside text and calls. */
import { eachDelta, fieldsOf, type OpenAI } from "../core/mod.ts";

type Stage = Transformer<OpenAI.Chunk, OpenAI.Chunk>;

function googleOf(value: unknown): Readonly<Record<string, unknown>> {
  return fieldsOf(fieldsOf(fieldsOf(value)["extra_content"])["google"]);
}

/**
 * Keeps the signature of each call as its carry (Q50). Calls come whole at the end, and a signature sometimes in a chunk
 * of its own after its call, so calls wait for the end of the answer.
 */
export function carrySignatures(): Stage {
  let held: OpenAI.ToolCallDelta[] = [];

  function hold(call: OpenAI.ToolCallDelta): void {
    const signature = googleOf(call)["thought_signature"];
    const { extra_content: _extra, ...rest } = call;
    const carried = signature === undefined ? rest : { ...rest, carry: signature };
    if (call.function?.name) {
      held.push(carried);
      return;
    }
    const known = held.findIndex(({ index }) => index === call.index && index !== undefined);
    const position = known < 0 ? held.length - 1 : known;
    const before = held[position];
    if (before !== undefined && signature !== undefined) {
      held[position] = { ...before, carry: signature };
    }
    if (call.function?.arguments) held.push(carried);
  }

  return {
    transform(chunk, controller) {
      const [choice, ...others] = chunk.choices;
      if (choice === undefined) return controller.enqueue(chunk);
      const { tool_calls, ...delta } = choice.delta;
      for (const call of tool_calls ?? []) hold(call);
      const released = choice.finish_reason && held.length > 0 ? { tool_calls: held } : {};
      if (choice.finish_reason) held = [];
      const mended = { ...choice, delta: { ...delta, ...released } };
      controller.enqueue({ ...chunk, choices: [mended, ...others] });
    },
    flush(controller) {
      if (held.length > 0) controller.enqueue({ choices: [{ delta: { tool_calls: held } }] });
    },
  };
}

/** Content that is marked as thought, between tags that may open and close in chunks of their own (Q20, Q52). */
export function flaggedThoughts(): Stage {
  let thinking = false;
  return eachDelta((delta) => {
    const { content } = delta;
    if (typeof content !== "string" || content === "") return delta;
    const flagged = googleOf(delta)["thought"] === true;
    if (!flagged && !thinking) return delta;
    const { thought, text } = flagged ? split(content) : {
      thought: "",
      text: content.replace(/^<\/thought>\s*/, ""),
    };
    thinking = flagged;
    return { ...delta, reasoning_content: thought, content: text };
  })();
}

function split(content: string): { thought: string; text: string } {
  const bare = content.replace(/^\s*<thought>/, "");
  const end = bare.indexOf("</thought>");
  if (end < 0) return { thought: bare, text: "" };
  return { thought: bare.slice(0, end), text: bare.slice(end + "</thought>".length).trimStart() };
}
