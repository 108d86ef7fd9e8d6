/** A real server that speaks chat completions and answers by a script. */
import type { SpokenTurn, Wire } from "./dialect.ts";

/** One answer. It is streamed or sent whole as the request asks; what is left out is not in it. */
export interface Answer {
  readonly reasoning?: string;
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** The pages that a provider found by itself. */
  readonly annotations?: readonly unknown[];
  /** "stop", or "tool_calls" where there are calls. */
  readonly finish?: string;
  /** 100 prompt and 10 completion tokens where nothing else is said. */
  readonly usage?: Readonly<Record<string, unknown>>;
  /** Refuses instead of answering. */
  readonly error?: Refusal;
  /** The body of a stream, word for word, instead of all the above: whoever makes it decides when each piece comes. */
  readonly raw?: Iterable<string> | AsyncIterable<string>;
}

export interface ScriptedCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** The provider's own fields of the call. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is if it is a string. */
  readonly body: unknown;
}

/** The answers in the order of the requests, or how to find the answer to a request (the first has index 0). */
export type Script = readonly Answer[] | ((body: ChatBody, index: number) => Answer);

/** What was asked, as far as a script or an assertion reads it. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  readonly stream?: boolean;
  readonly tools?: readonly {
    readonly function: { readonly name: string; readonly parameters: unknown };
  }[];
  readonly [field: string]: unknown;
}

export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly function: { readonly name: string; readonly arguments: string };
    readonly [field: string]: unknown;
  }[];
  readonly tool_call_id?: string;
  readonly reasoning_content?: string;
  readonly [field: string]: unknown;
}

export interface Received {
  readonly path: string;
  readonly headers: Headers;
  /** As chat completions say it. */
  readonly body: ChatBody;
}

export interface ScriptedUpstream extends AsyncDisposable {
  /** As OPENAI_BASE_URL wants it. */
  readonly baseUrl: string;
  /** Every request so far, oldest first. */
  readonly received: readonly Received[];
}

/** Starts it on a free loopback port. Past the end of a script it refuses with 424, which nobody retries. */
export function startUpstream(script: Script, wire?: Wire): ScriptedUpstream {
  const received: Received[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      const spoken = wire && path.endsWith(wire.path) ? wire : undefined;
      const sent = await request.json();
      const body: ChatBody = (spoken?.read(sent) as ChatBody | undefined) ?? sent;
      const index = received.length;
      received.push({ path, headers: request.headers, body });
      return toResponse(answerFor(script, body, index), body, spoken);
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    received,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

function answerFor(script: Script, body: ChatBody, index: number): Answer {
  if (typeof script === "function") return script(body, index);
  const message = `The script has no answer to request ${index + 1}`;
  return script[index] ?? { error: { status: 424, body: { error: { message } } } };
}

function toResponse(answer: Answer, { model, stream }: ChatBody, wire?: Wire): Response {
  const { error, raw } = answer;
  if (error !== undefined) {
    const { status, headers = {}, body } = error;
    return typeof body === "string"
      ? new Response(body, { status, headers })
      : Response.json(body, { status, headers });
  }
  if (raw !== undefined) return eventStream(raw);
  if (wire !== undefined) {
    const turn = toTurn(answer);
    if (!stream) return Response.json(wire.whole(turn, model));
    return eventStream(
      wire.frames(turn, model).map((frame) => `data: ${JSON.stringify(frame)}\n\n`),
    );
  }
  const base = { id: "chatcmpl-1", created: 1, model };
  const usage = answer.usage ??
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const finish_reason = answer.finish ?? (answer.calls === undefined ? "stop" : "tool_calls");
  if (!stream) {
    const choice = { index: 0, message: wholeMessage(answer), finish_reason };
    return Response.json({ ...base, object: "chat.completion", choices: [choice], usage });
  }
  const chunk = { ...base, object: "chat.completion.chunk" };
  const frames = [
    ...deltas(answer).map((delta) => ({
      ...chunk,
      choices: [{ index: 0, delta, finish_reason: null }],
    })),
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }] },
    { ...chunk, choices: [], usage },
  ].map((frame) => JSON.stringify(frame));
  return eventStream([...frames, "[DONE]"].map((frame) => `data: ${frame}\n\n`));
}

function toTurn({ reasoning, text, calls = [] }: Answer): SpokenTurn {
  return {
    ...(reasoning === undefined ? {} : { thinking: reasoning }),
    ...(text === undefined ? {} : { text }),
    calls: calls.map(({ id, name, input }) => ({
      id,
      name,
      input: input as SpokenTurn["calls"][number]["input"],
    })),
    finish: calls.length > 0 ? "tool_calls" : "stop",
  };
}

function eventStream(pieces: Iterable<string> | AsyncIterable<string>): Response {
  const body = ReadableStream.from(pieces).pipeThrough(new TextEncoderStream());
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

function wholeMessage({ text, reasoning, calls, annotations }: Answer) {
  return {
    role: "assistant",
    content: text ?? null,
    ...(reasoning === undefined ? {} : { reasoning_content: reasoning }),
    ...(calls === undefined ? {} : { tool_calls: calls.map(toToolCall) }),
    ...(annotations === undefined ? {} : { annotations }),
  };
}

/** Text in words and arguments in halves, as models send them. */
function deltas({ text, reasoning, calls = [], annotations }: Answer): unknown[] {
  return [
    { role: "assistant", content: "" },
    ...inWords(reasoning).map((reasoning_content) => ({ reasoning_content })),
    ...inWords(text).map((content) => ({ content })),
    ...(annotations === undefined ? [] : [{ annotations }]),
    ...calls.flatMap((call, index) => {
      const { function: { name, arguments: json }, ...head } = toToolCall(call);
      const half = Math.ceil(json.length / 2);
      return [
        { index, ...head, function: { name, arguments: "" } },
        { index, function: { arguments: json.slice(0, half) } },
        { index, function: { arguments: json.slice(half) } },
      ].map((part) => ({ tool_calls: [part] }));
    }),
  ];
}

function toToolCall({ id, name, input, extra }: ScriptedCall) {
  return { id, type: "function", function: { name, arguments: JSON.stringify(input) }, ...extra };
}

function inWords(text = ""): string[] {
  return text === "" ? [] : text.split(/(?<= )/);
}
