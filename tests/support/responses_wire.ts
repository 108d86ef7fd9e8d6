/** How OpenAI's Responses API says a turn, streamed and whole. */
import { type Fields, pieces, type SpokenTurn, type Wire } from "./dialect.ts";
import { readResponses, SEAL } from "./strict_responses.ts";

export const RESPONSES: Wire = {
  path: "/responses",
  read: readResponses,
  frames: (turn, model) => framesOf(itemsOf(turn), responseOf(turn, model)),
  whole: responseOf,
};

export const USAGE: Fields = {
  input_tokens: 100,
  input_tokens_details: { cached_tokens: 60 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 8 },
  total_tokens: 120,
};

/** A response of these items. */
export function responseOf(turn: SpokenTurn, model: string): Fields {
  return respond(itemsOf(turn), model, turn.finish);
}

export function respond(output: readonly Fields[], model: string, finish = "stop"): Fields {
  const reason = { length: "max_output_tokens", content_filter: "content_filter" }[finish];
  return {
    id: "resp_1",
    object: "response",
    created_at: 1,
    status: reason ? "incomplete" : "completed",
    error: null,
    incomplete_details: reason ? { reason } : null,
    instructions: null,
    model,
    output,
    store: false,
    usage: USAGE,
  };
}

/** A reasoning item with a summary of these parts. */
export function reasoning(seal: string, ...summary: readonly string[]): Fields {
  return {
    id: `rs_${seal}`,
    type: "reasoning",
    encrypted_content: `${SEAL}${seal}`,
    summary: summary.map((text) => ({ type: "summary_text", text })),
  };
}

export function message(text: string, phase = "final_answer"): Fields {
  const content = [{ type: "output_text", annotations: [], logprobs: [], text }];
  return { id: "msg_1", type: "message", status: "completed", role: "assistant", phase, content };
}

export function functionCall(call_id: string, name: string, input: unknown): Fields {
  const json = JSON.stringify(input);
  const id = `fc_${call_id}`;
  return { id, type: "function_call", status: "completed", call_id, name, arguments: json };
}

function itemsOf({ thinking, text, calls }: SpokenTurn): Fields[] {
  return [
    ...(thinking === undefined ? [] : [reasoning(thinking, thinking)]),
    ...(text === undefined ? [] : [message(text, calls.length > 0 ? "commentary" : undefined)]),
    ...calls.map(({ id, name, input }) => functionCall(id, name, input)),
  ];
}

/** The events of a stream of these items. There is no [DONE]. */
export function framesOf(items: readonly Fields[], response: Fields): Fields[] {
  const begun = { ...response, status: "in_progress", output: [], usage: null };
  const events = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...items.flatMap((item, output_index) =>
      eventsOf(item).map((event): Fields => ({ ...event, output_index, item_id: item["id"] }))
    ),
    { type: `response.${response["status"]}`, response },
  ];
  return events.map((event, sequence_number) => ({ ...event, sequence_number }));
}

function eventsOf(item: Fields): Fields[] {
  const [added, deltas] = said(item);
  return [
    { type: "response.output_item.added", item: { ...item, status: "in_progress", ...added } },
    ...deltas,
    { type: "response.output_item.done", item },
  ];
}

/** What of an item is not there yet when it is added, and what says it. */
function said(item: Fields): [Fields, Fields[]] {
  switch (item["type"]) {
    case "reasoning":
      return [
        { summary: [], encrypted_content: "gAAAA-unfinished" },
        (item["summary"] as { text: string }[]).flatMap(({ text }, summary_index) => [
          { type: "response.reasoning_summary_part.added", summary_index, part: { text: "" } },
          ...deltasOf("reasoning_summary_text", text, { summary_index }),
          { type: "response.reasoning_summary_text.done", summary_index, text },
          { type: "response.reasoning_summary_part.done", summary_index, part: { text } },
        ]),
      ];
    case "message":
      return [
        { content: [] },
        (item["content"] as Fields[]).flatMap((part, content_index) => {
          const [kind, field] = "refusal" in part
            ? ["refusal", "refusal"]
            : ["output_text", "text"];
          const text = String(part[field]);
          return [
            { type: "response.content_part.added", content_index, part: { ...part, [field]: "" } },
            ...deltasOf(kind, text, { content_index }),
            { type: `response.${kind}.done`, content_index, [field]: text },
            { type: "response.content_part.done", content_index, part },
          ];
        }),
      ];
    case "function_call": {
      const json = String(item["arguments"]);
      return [{ arguments: "" }, [
        ...deltasOf("function_call_arguments", json, {}),
        { type: "response.function_call_arguments.done", arguments: json },
      ]];
    }
    default:
      return [{}, []];
  }
}

function deltasOf(kind: string, text: string, place: Fields): Fields[] {
  return pieces(text).map((delta) => ({
    type: `response.${kind}.delta`,
    ...place,
    delta,
    obfuscation: "x7Qp",
  }));
}
