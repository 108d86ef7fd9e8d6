/** Thinking given back in the field it came in, for providers of which that is not known beforehand (Q20, Q21). */
import type { OpenAI } from "../contract.ts";
import { eachAssistant } from "./each.ts";
import { fieldsOf, omit } from "./fields.ts";

const FIELDS = ["reasoning_content", "reasoning", "reasoning_text"];

/**
 * A stream stage that keeps the name of the field in `carry`, once per answer, and Copilot's `reasoning_opaque` (Q75). It
 * comes before `thinkTags`.
 */
export function noteReasoningField(): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  let noted = false;
  return {
    transform(chunk, controller) {
      const choice = chunk.choices[0];
      const field = noted ? undefined : fieldIn(choice?.delta ?? {});
      const opaque = choice?.delta["reasoning_opaque"];
      if (choice === undefined || !field && !opaque) return controller.enqueue(chunk);
      noted ||= field !== undefined;
      const carry = {
        ...(field ? { reasoning_field: field } : {}),
        ...(opaque ? { reasoning_opaque: opaque } : {}),
      };
      const delta = { ...choice.delta, carry };
      controller.enqueue({ ...chunk, choices: [{ ...choice, delta }, ...chunk.choices.slice(1)] });
    },
  };
}

/** Once a delta: a plain loop takes half as long as `find`. */
function fieldIn(delta: OpenAI.MessageDelta): string | undefined {
  for (const name of FIELDS) if (delta[name]) return name;
  return undefined;
}

/** The request's half: thinking whose field was not noted, because it stood in the text, is not given back. */
export function reasoningWhereItCame(body: OpenAI.Request): OpenAI.Request {
  return eachAssistant(body, ({ reasoning_content: reasoning, ...message }) => {
    const { reasoning_field: field, reasoning_opaque: opaque } = Object.assign(
      {},
      ...(message.carry ?? []).map(fieldsOf),
    );
    return {
      ...omit(message, "carry"),
      ...(typeof field === "string" && reasoning ? { [field]: reasoning } : {}),
      ...(opaque === undefined ? {} : { reasoning_opaque: opaque }),
    };
  });
}
