/** How a provider speaks chat completions, as the simulator needs to know it. What is not said is plain OpenAI. */
import type { OpenAI } from "../../core/mod.ts";
import type { Dialect as Knowledge } from "./strict_openai.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** What the model says in one turn, before it is put into the provider's words. */
export interface Turn {
  readonly thinking?: string;
  readonly text?: string;
  /** `name` as the request offered it. */
  readonly calls?: readonly TurnCall[];
  /** OpenAI's word; by default the one that fits. */
  readonly finish?: "stop" | "tool_calls" | "length" | "content_filter";
}

export interface TurnCall {
  /** By default the dialect's `callId`. */
  readonly id?: string;
  readonly name: string;
  readonly input: Fields;
}

/** A turn with nothing left open: each call has its id, and the finish is known. */
export interface SpokenTurn extends Turn {
  readonly calls: readonly Required<TurnCall>[];
  readonly finish: NonNullable<Turn["finish"]>;
}

/** What a rule may look at beside the body. */
export interface Sight {
  readonly url: URL;
  readonly headers: Headers;
  /** The simulator's own turn that made the call with this id. */
  turnOf(callId: string): SpokenTurn | undefined;
}

/** The provider's own wording of a refusal, or undefined where it accepts the body. Name the quirk in a comment. */
export type Rule = (body: OpenAI.Request, sight: Sight) => string | undefined;

/** A refusal of this provider and what the client must be told. */
export interface ErrorCase {
  readonly status: number;
  /** JSON, or text such as a page of HTML. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expect: { readonly status: number; readonly type?: string; readonly says?: RegExp };
}

/** Another wire than chat completions, spoken where a request's path ends so. */
export interface Wire {
  readonly path: string;
  /** The chat body that a body of this wire amounts to. Throws the provider's own words where it is refused. */
  read(body: unknown): OpenAI.Request;
  frames(turn: SpokenTurn, model: string): readonly Fields[];
  whole(turn: SpokenTurn, model: string): Fields;
}

export interface Dialect {
  readonly wire?: Wire;
  /** A model of this provider that thinks and calls tools. */
  readonly model?: string;
  /** False: it never shows its thinking. */
  readonly thinks?: boolean;
  readonly refuses?: readonly Rule[];
  /** Its fields beyond plain chat completions: all others are refused, as the strictest servers do. */
  readonly knows?: Knowledge;
  /** The wire form of a refusal. */
  refusal?(wording: string): { readonly status: number; readonly body: unknown };
  /** The id of the n-th call of a turn, in the provider's style. */
  callId?(name: string, position: number): string;
  /** The deltas of a streamed turn. */
  deltas?(turn: SpokenTurn): readonly Fields[];
  /** The message of a whole turn. */
  message?(turn: SpokenTurn): Fields;
  /** The provider's word for OpenAI's finish reason. */
  finish?(turn: SpokenTurn): string;
  /** Its report of 100 prompt tokens, 60 of them cached, and 20 answer tokens. */
  readonly usage?: Fields;
  /** Last touch on a stream's frames. A string is written as it is, for instance `: keep-alive\n\n`. */
  frames?(frames: readonly Fields[], turn: SpokenTurn): readonly (Fields | string)[];
  /** Last touch on a whole answer. */
  whole?(completion: Fields, turn: SpokenTurn): unknown;
  /** Asserts that this turn of the model came back as the provider wants it. */
  replays?(message: OpenAI.AssistantMessage, turn: SpokenTurn): void;
  readonly errors?: readonly ErrorCase[];
}

export const USAGE: Fields = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 60 },
};

/** The deltas of plain OpenAI, with thinking in a field of this name. */
export function plainDeltas(turn: SpokenTurn, reasoning = "reasoning_content"): Fields[] {
  return [
    { role: "assistant", content: "" },
    ...pieces(turn.thinking).map((piece) => ({ [reasoning]: piece })),
    ...pieces(turn.text).map((content) => ({ content })),
    ...turn.calls.flatMap(({ id, name, input }, index) => [
      { tool_calls: [{ index, id, type: "function", function: { name, arguments: "" } }] },
      ...pieces(JSON.stringify(input)).map((json) => ({
        tool_calls: [{ index, function: { arguments: json } }],
      })),
    ]),
  ];
}

/** The message of plain OpenAI, with thinking in a field of this name. */
export function plainMessage(turn: SpokenTurn, reasoning = "reasoning_content"): Fields {
  return {
    role: "assistant",
    content: turn.text ?? null,
    ...(turn.thinking === undefined ? {} : { [reasoning]: turn.thinking }),
    ...(turn.calls.length === 0 ? {} : { tool_calls: turn.calls.map(wholeCall) }),
  };
}

export function wholeCall({ id, name, input }: Required<TurnCall>): Fields {
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) } };
}

/** A text in the pieces in which it streams, the last one not whole words. */
export function pieces(text = ""): string[] {
  return text.match(/.{1,7}/gs) ?? [];
}

/** The provider's answer to a turn, as the frames of a stream. */
export function framesOf(turn: SpokenTurn, model: string, dialect: Dialect): (Fields | string)[] {
  const base = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model };
  const deltas = dialect.deltas?.(turn) ?? plainDeltas(turn);
  const finish_reason = dialect.finish?.(turn) ?? turn.finish;
  const frames: Fields[] = [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason }] },
    { ...base, choices: [], usage: dialect.usage ?? USAGE },
  ];
  return [...dialect.frames?.(frames, turn) ?? frames];
}

/** The provider's answer to a turn, whole. */
export function completionOf(turn: SpokenTurn, model: string, dialect: Dialect): unknown {
  const message = dialect.message?.(turn) ?? plainMessage(turn);
  const finish_reason = dialect.finish?.(turn) ?? turn.finish;
  const completion = {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [{ index: 0, message, finish_reason }],
    usage: dialect.usage ?? USAGE,
  };
  return dialect.whole?.(completion, turn) ?? completion;
}
