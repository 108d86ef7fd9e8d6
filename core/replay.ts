/** Thinking given back in the field it came in, for providers of which that is not known beforehand (Q20, Q21). */
import type { OpenAI } from "./contract.ts";
import { eachAssistant, fieldsOf, omit } from "./quirks.ts";

const FIELDS = ["reasoning_content", "reasoning", "reasoning_text"];

/** A stream stage that keeps the name of the field in `carry`, once per answer. It comes before `thinkTags`. */
export function noteReasoningField(): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  let noted = false;
  return {
    transform(chunk, controller) {
      const [choice, ...others] = chunk.choices;
      const field = noted ? undefined : FIELDS.find((name) => choice?.delta[name]);
      if (choice === undefined || field === undefined) return controller.enqueue(chunk);
      noted = true;
      const delta = { ...choice.delta, carry: { reasoning_field: field } };
      controller.enqueue({ ...chunk, choices: [{ ...choice, delta }, ...others] });
    },
  };
}

/** The request's half: thinking whose field was not noted, because it stood in the text, is not given back. */
export function reasoningWhereItCame(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, ({ reasoning_content: reasoning, ...message }) => {
    const notes = (message.carry ?? []).map((carried) => fieldsOf(carried)["reasoning_field"]);
    const field = notes.find((name) => typeof name === "string");
    const rest = omit(message, "carry");
    return field === undefined || reasoning === undefined ? rest : { ...rest, [field]: reasoning };
  });
}
