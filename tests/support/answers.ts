/** What a provider of some shape sends to say an answer. */
import type { OpenAI } from "../../core/contract.ts";
import { besides, callDeltas, cut } from "./answer_calls.ts";
import type { Answer, AnswerCall, Shape } from "./answer_shape.ts";

type Delta = OpenAI.MessageDelta;
type Frame = Record<string, unknown>;

/** The answer as one JSON value. */
export function toCompletion(answer: Answer): Frame {
  const { reasoning, text, calls, finish, usage } = answer;
  const message = {
    role: "assistant",
    content: text,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(wholeCall) }),
  };
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: finish }],
    ...(usage === undefined ? {} : { usage }),
  };
}

function wholeCall({ id, name, input }: AnswerCall) {
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) } };
}

/** The answer as the data of the frames that a provider of this shape sends, less `[DONE]`. */
export function toFrames(answer: Answer, shape: Shape): Frame[] {
  const deltas = [
    ...thoughts(answer, shape),
    ...words(answer, shape),
    ...callDeltas(answer, shape),
  ];
  const frames = deltas.map((delta) => frame(delta, noise(shape)));
  if (shape.usage === "every chunk" && answer.usage) {
    frames.forEach((each, position) => each["usage"] = running(answer.usage, position));
  }
  return [...preamble(shape), ...withFinish(frames, answer, shape)];
}

function preamble({ preamble }: Shape): Frame[] {
  switch (preamble) {
    case "none":
      return [];
    case "empty choices":
      return [{ id: "", model: "", choices: [], prompt_filter_results: [] }];
    case "role":
      return [frame({ role: "assistant" }, null)];
    case "role and empty content":
      return [frame({ role: "", content: "", reasoning_content: "" }, "")];
  }
}

function thoughts({ reasoning }: Answer, shape: Shape): Delta[] {
  if (reasoning === "" || shape.reasoning === "tags") return [];
  const beside = besides(shape);
  return cut(reasoning, shape.pieces).map((piece): Delta => {
    switch (shape.reasoning) {
      case "twice":
        return { ...beside, reasoning_content: piece, reasoning: piece };
      case "parts":
        return { ...beside, reasoning_content: [{ type: "text", text: piece }] };
      default:
        return { ...beside, [shape.reasoning]: piece };
    }
  });
}

function words({ reasoning, text }: Answer, shape: Shape): Delta[] {
  const tagged = shape.reasoning === "tags" && reasoning !== ""
    ? `<think>${reasoning}</think>\n\n${text}`
    : text;
  if (tagged === "") return [];
  return cut(tagged, shape.pieces).map((content) =>
    shape.content === "parts" ? { content: [{ type: "text", text: content }] } : { content }
  );
}

function withFinish(frames: Frame[], answer: Answer, shape: Shape): Frame[] {
  const { finish, usage } = answer;
  const last = frames.at(-1);
  const end = frame({}, finish);
  let out: Frame[];
  if (shape.finish === "summary") {
    const summary = toCompletion(answer);
    delete summary["usage"];
    out = [...frames, summary];
  } else if (shape.finish === "with the last words" && last !== undefined) {
    const { delta } = (last["choices"] as { delta: Delta }[])[0]!;
    out = [...frames.slice(0, -1), { ...last, ...frame(delta, finish) }];
  } else {
    out = shape.finish === "twice" ? [...frames, end, { ...end }] : [...frames, end];
  }
  if (usage === undefined) return out;
  switch (shape.usage) {
    case "finish":
    case "every chunk":
      return [...out.slice(0, -1), { ...out.at(-1), usage }];
    case "late":
      return [...out.map((each) => ({ ...each, usage: null })), { choices: [], usage }];
    case "late null":
      return [...out, { choices: null, usage }];
    case "late with a choice":
      return [...out, { ...frame({ content: "" }, ""), usage }];
  }
}

/** Running values, which are zero at first. */
function running(usage: OpenAI.Usage | undefined, position: number): OpenAI.Usage {
  const completion_tokens = Math.min(position, usage?.completion_tokens ?? 0);
  return { ...usage, completion_tokens, total_tokens: 0 };
}

function frame(delta: Delta, finish_reason: string | null | undefined): Frame {
  const finish = finish_reason === undefined ? {} : { finish_reason };
  return {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, ...finish }],
  };
}

function noise({ noise }: Shape): string | null | undefined {
  return noise === "absent" ? undefined : noise === "null" ? null : "";
}
