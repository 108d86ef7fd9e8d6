/**
 * What OpenAI's Responses API is asked (Q41). The conversation goes along whole each time and OpenAI stores nothing:
 * thinking comes back sealed, in `carry`, and stands before what it led to (developers.openai.com/api/docs: guides
 * reasoning, function-calling; reference responses).
 */
import { fieldsOf, type OpenAI } from "../core/mod.ts";

/** Sealed thinking of a turn: it came before the output at this position, counting the turn's text as one. */
export interface Sealed {
  readonly before: number;
  readonly item: Readonly<Record<string, unknown>>;
}

/** The fewest tokens that an answer may be given: less is refused. */
const LEAST_OUTPUT = 16;

/** What only this API is told. It stands in the chat body already, so that refusals can teach about it (Q116). */
export function withSealedThinking(
  { reasoning_effort: effort, ...body }: OpenAI.Request,
): OpenAI.Request {
  return {
    ...body,
    reasoning: { effort, summary: "auto" },
    include: ["reasoning.encrypted_content"],
    store: false,
  };
}

/** A chat body in the words of the Responses API. */
export function toResponses(body: OpenAI.Request): object {
  const { response_format } = body;
  const limit = body["max_completion_tokens"];
  return {
    model: body.model,
    input: body.messages.flatMap(toItems),
    stream: body.stream,
    max_output_tokens: limit && Math.max(Number(limit), LEAST_OUTPUT),
    tools: body.tools?.map(toTool),
    tool_choice: toChoice(body.tool_choice),
    parallel_tool_calls: body.parallel_tool_calls,
    text: response_format && { format: toFormat(response_format) },
    prompt_cache_key: body.prompt_cache_key,
    reasoning: body["reasoning"],
    include: body["include"],
    store: body["store"],
  };
}

function toItems(message: OpenAI.Message): object[] {
  switch (message.role) {
    case "assistant":
      return toTurn(message);
    case "tool":
      return [{
        type: "function_call_output",
        call_id: message.tool_call_id,
        output: message.content,
      }];
    default: {
      const { role, content } = message;
      return [{ role, content: typeof content === "string" ? content : content.map(toPart) }];
    }
  }
}

/**
 * A turn of the model. Its items go without their ids, by which the API would look for what it has not stored, and
 * thinking only where something follows it. `phase` is wanted back: without it models stop early.
 */
function toTurn({ content, tool_calls = [], carry = [] }: OpenAI.AssistantMessage): object[] {
  const phase = tool_calls.length > 0 ? "commentary" : "final_answer";
  const outputs = [
    ...(content ? [{ role: "assistant", content, phase }] : []),
    ...tool_calls.map(({ id, function: { name, arguments: json } }) => ({
      type: "function_call",
      call_id: id,
      name,
      arguments: json,
    })),
  ];
  const sealed = carry.map((value) => fieldsOf(value) as Partial<Sealed>);
  return outputs.flatMap((output, position) => [
    ...sealed.filter(({ before }) => before === position).map(({ item }) => fieldsOf(item)),
    output,
  ]);
}

function toPart(part: OpenAI.ContentPart): object {
  switch (part.type) {
    case "text":
      return { type: "input_text", text: part.text };
    case "image_url":
      return { type: "input_image", image_url: part.image_url.url };
    case "file":
      return { type: "input_file", ...part.file };
  }
}

/** Where `strict` is missing, the API makes every property a required one. */
function toTool({ function: named }: OpenAI.Tool): object {
  return { type: "function", ...named, strict: false };
}

function toChoice(choice: OpenAI.ToolChoice | undefined): unknown {
  return typeof choice === "object" ? { type: "function", name: choice.function.name } : choice;
}

function toFormat({ type, json_schema }: Readonly<Record<string, unknown>>): object {
  return { type, ...fieldsOf(json_schema) };
}
