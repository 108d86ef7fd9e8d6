/** What OpenAI's Responses API answers, as chat chunks (Q41; developers.openai.com/api/docs: reference responses-streaming). */
import { byFamily, type Failure, type Families, fieldsOf, type OpenAI } from "../core/mod.ts";
import type { Sealed } from "./responses_request.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A stage that reads events, and a whole response as the items it consists of. What is neither passes as it is. */
export function fromResponses(): Transformer<OpenAI.Chunk, OpenAI.Chunk> {
  const reader = new ResponseReader();
  return {
    transform(chunk, controller) {
      const type = String(chunk["type"]);
      if (chunk["object"] === "response") {
        for (const made of reader.whole(chunk)) controller.enqueue(made);
      } else if (type.startsWith("response.")) {
        for (const made of reader.event(type, chunk)) controller.enqueue(made);
      } else {
        controller.enqueue(chunk);
      }
    },
  };
}

/** Codes of a failure that stands in the answer, as the statuses that such a refusal has. */
const STATUSES: Families<number> = [
  [/^rate_limit/, 429],
  [/overloaded|slow_down/, 503],
  [/^(?:invalid|image|unsupported|empty)_/, 400],
];

/** An error hook. */
export function readCode({ status, code }: Failure): Partial<Failure> {
  const meant = status === 200 ? byFamily(STATUSES, code) : undefined;
  return meant === undefined ? {} : { status: meant };
}

const FINISHES: Readonly<Record<string, string>> = {
  completed: "stop",
  content_filter: "content_filter",
};

class ResponseReader {
  /** Items of which deltas have come: when they are done, they are not told again. */
  readonly #told = new Set<unknown>();
  /** What is being said, and in which part of the answer. */
  #kind = "";
  #part = "";
  #spoke = false;
  #calls = 0;

  event(type: string, event: Fields): OpenAI.Chunk[] {
    const { output_index: index, delta } = event;
    switch (type) {
      case "response.output_text.delta":
      case "response.refusal.delta":
        return this.#tell(index, this.#text(index, delta));
      case "response.reasoning_summary_text.delta":
        return this.#tell(index, this.#thinking(`${index}.${event["summary_index"]}`, delta));
      case "response.output_item.added":
        return this.#added(index, fieldsOf(event["item"]));
      case "response.function_call_arguments.delta":
        return this.#tell(index, [says({ tool_calls: [argumentsOf(index, delta)] })]);
      case "response.output_item.done":
        return this.#done(index, fieldsOf(event["item"]));
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        return this.#end(fieldsOf(event["response"]));
      default:
        return [];
    }
  }

  whole(response: Fields): OpenAI.Chunk[] {
    const items = listOf(response["output"]).flatMap((item, index) => [
      ...this.#added(index, item),
      ...this.#done(index, item),
    ]);
    return [...items, ...this.#end(response)];
  }

  #tell(index: unknown, chunks: OpenAI.Chunk[]): OpenAI.Chunk[] {
    this.#told.add(index);
    return chunks;
  }

  #added(index: unknown, { type, call_id, name }: Fields): OpenAI.Chunk[] {
    if (type !== "function_call") return [];
    this.#calls++;
    this.#kind = "call";
    const named = { name: asText(name), arguments: "" };
    const head = { ...argumentsOf(index, ""), id: asText(call_id), function: named };
    return [says({ tool_calls: [head] })];
  }

  #done(index: unknown, item: Fields): OpenAI.Chunk[] {
    const told = this.#told.has(index);
    switch (item["type"]) {
      case "message":
        return told
          ? []
          : listOf(item["content"]).flatMap(({ text, refusal }) =>
            this.#text(index, text ?? refusal)
          );
      case "function_call":
        return told ? [] : [says({ tool_calls: [argumentsOf(index, item["arguments"])] })];
      case "reasoning":
        return [
          ...(told
            ? []
            : listOf(item["summary"]).flatMap(({ text }, position) =>
              this.#thinking(`${index}.${position}`, text)
            )),
          ...this.#seal(item),
        ];
      default:
        return [];
    }
  }

  /** Thinking without its seal is worth nothing to the API. Its id means an item that is not stored: it stays away. */
  #seal({ type, encrypted_content, summary }: Fields): OpenAI.Chunk[] {
    if (typeof encrypted_content !== "string") return [];
    const before = this.#calls + (this.#spoke ? 1 : 0);
    const carry: Sealed = { before, item: { type, encrypted_content, summary: summary ?? [] } };
    return [says({ carry })];
  }

  #text(index: unknown, text: unknown): OpenAI.Chunk[] {
    const content = this.#paragraph("text", String(index), text);
    this.#spoke ||= content.trim() !== "";
    return content === "" ? [] : [says({ content })];
  }

  #thinking(part: string, text: unknown): OpenAI.Chunk[] {
    const reasoning_content = this.#paragraph("thinking", part, text);
    return reasoning_content === "" ? [] : [says({ reasoning_content })];
  }

  /** Where two parts of one kind meet, the second begins a paragraph. */
  #paragraph(kind: string, part: string, said: unknown): string {
    const text = asText(said);
    if (text === "") return "";
    const meet = kind === this.#kind && part !== this.#part;
    this.#kind = kind;
    this.#part = part;
    return meet ? `\n\n${text}` : text;
  }

  #end({ status, incomplete_details, error, usage }: Fields): OpenAI.Chunk[] {
    if (status !== "completed" && status !== "incomplete") {
      return [{ choices: [], error: error ?? { message: `The response ended as ${status}` } }];
    }
    const { reason } = fieldsOf(incomplete_details);
    const finish_reason = FINISHES[String(reason ?? status)] ?? "length";
    return [{ choices: [{ delta: {}, finish_reason }], usage: inChatTerms(fieldsOf(usage)) }];
  }
}

function says(delta: OpenAI.MessageDelta): OpenAI.Chunk {
  return { choices: [{ delta }] };
}

function argumentsOf(index: unknown, json: unknown): OpenAI.ToolCallDelta {
  return { index: typeof index === "number" ? index : null, function: { arguments: asText(json) } };
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function inChatTerms(usage: Fields): OpenAI.Usage {
  return {
    prompt_tokens: usage["input_tokens"],
    completion_tokens: usage["output_tokens"],
    total_tokens: usage["total_tokens"],
    prompt_tokens_details: usage["input_tokens_details"],
    completion_tokens_details: usage["output_tokens_details"],
  } as OpenAI.Usage;
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
